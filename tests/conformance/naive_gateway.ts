/** A gateway as one writes it in an afternoon: everything that the checks are there to find. */
import type { GatewayModels } from "./check.ts";

export interface NaiveGateway extends AsyncDisposable {
  readonly url: string;
}

export interface NaiveGatewayOptions {
  readonly models: GatewayModels;
  readonly backends: readonly [string, string];
  /** Whether it reads a backend's whole answer before it gives any of it. */
  readonly buffers: boolean;
}

/** It knows these headers, and thinks that nobody sends others. */
const KNOWN_HEADERS = ["content-type", "x-api-key", "x-goog-api-key"];

export function startNaiveGateway(options: NaiveGatewayOptions): NaiveGateway {
  let turn = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/v1/models") return redirect("/v1/models/");
      if (request.method !== "POST") return new Response("Not found", { status: 404 });
      const backend = options.backends[turn++ % 2] ?? "";
      const path = pathname.replaceAll(options.models.gemini, "model-a");
      return await forward(request, backend + path, options);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function forward(
  request: Request,
  url: string,
  { buffers }: NaiveGatewayOptions,
): Promise<Response> {
  let body;
  try {
    body = JSON.stringify({ ...await request.json(), model: "model-a" });
  } catch {
    return new Response("Bad request", { status: 400 });
  }
  const headers = [...request.headers].filter(([name]) => KNOWN_HEADERS.includes(name));
  const response = await fetch(url, { method: "POST", headers, body, signal: request.signal });
  if (!response.ok) return await ownError(response);
  const type = { "content-type": response.headers.get("content-type") ?? "" };
  const content = tidied(response.body ?? new Blob().stream());
  return new Response(buffers ? await new Response(content).text() : content, { headers: type });
}

/** "Helpful" errors. */
async function ownError(response: Response): Promise<Response> {
  const message = `The provider said: ${await response.text()}`;
  return Response.json({ error: { message } }, { status: 502 });
}

/** Without pings, and with an end in order whatever happens. */
function tidied(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (done) return controller.close();
        const text = new TextDecoder().decode(value);
        const kept = text.replace(/event: ping\ndata: .*\n\n/g, "");
        controller.enqueue(new TextEncoder().encode(kept));
      } catch {
        controller.close();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function redirect(location: string): Response {
  return new Response(null, { status: 307, headers: { location } });
}
