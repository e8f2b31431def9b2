// A reverse proxy as one would plainly write it in Go: parse the JSON body, rewrite the model, forward,
// and write one log file a request with the heads and bodies of both directions.
//
//	go-proxy BACKEND ALIAS MODEL LOG_DIRECTORY
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

type proxy struct {
	backend, alias, model, logs string
	client                      *http.Transport
	count                       uint64
}

func main() {
	if len(os.Args) != 5 {
		log.Fatal("go-proxy BACKEND ALIAS MODEL LOG_DIRECTORY")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("port %d\n", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, &proxy{
		backend: os.Args[1], alias: os.Args[2], model: os.Args[3], logs: os.Args[4],
		client: &http.Transport{MaxIdleConnsPerHost: 128, DisableCompression: true},
	}))
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	received, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	sent, err := p.rewrite(received)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out, err := http.NewRequestWithContext(r.Context(), r.Method, p.backend+r.URL.RequestURI(), bytes.NewReader(sent))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	out.Header = r.Header.Clone()
	reply, err := p.client.RoundTrip(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer reply.Body.Close()
	body := relay(w, reply)
	if err := p.write(start, r, received, reply, body); err != nil {
		log.Print(err)
	}
}

// The body with the backend's name for the model in it.
func (p *proxy) rewrite(body []byte) ([]byte, error) {
	var fields map[string]interface{}
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, err
	}
	if fields["model"] != p.alias {
		return nil, fmt.Errorf("unknown model %v", fields["model"])
	}
	fields["model"] = p.model
	return json.Marshal(fields)
}

// Passes the reply on as it comes, and gives its body for the log.
func relay(w http.ResponseWriter, reply *http.Response) []byte {
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(reply.StatusCode)
	flusher, _ := w.(http.Flusher)
	var body bytes.Buffer
	buffer := make([]byte, 32*1024)
	for {
		count, err := reply.Body.Read(buffer)
		if count > 0 {
			body.Write(buffer[:count])
			if _, err := w.Write(buffer[:count]); err != nil {
				break
			}
			if reply.ContentLength < 0 {
				flusher.Flush()
			}
		}
		if err != nil {
			break
		}
	}
	return body.Bytes()
}

func (p *proxy) write(start time.Time, r *http.Request, sent []byte, reply *http.Response, body []byte) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s %s %s\n", start.Format(time.RFC3339Nano), r.Method, r.URL)
	r.Header.Write(&text)
	fmt.Fprintf(&text, "\n%s\n\n%s after %s\n", sent, reply.Status, time.Since(start))
	reply.Header.Write(&text)
	fmt.Fprintf(&text, "\n%s\n", body)
	name := fmt.Sprintf("%s-%d.log", start.Format("20060102-150405.000"), atomic.AddUint64(&p.count, 1))
	return os.WriteFile(filepath.Join(p.logs, name), text.Bytes(), 0o644)
}
