import assert from "node:assert/strict";
import { callRaw, connectTo, lineValue, type RawReply, textOf } from "./caller.ts";
import { chain } from "./chain.ts";
import { reply, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

async function sendHead(url: string, head: readonly string[], method?: string): Promise<RawReply> {
  await using caller = await connectTo(url);
  await caller.send(`${head.join("\r\n")}\r\n\r\n`);
  return await caller.reply(method);
}

/** A call that a backend would answer, with these header lines. */
async function sendCall(url: string, lines: readonly string[]): Promise<RawReply> {
  const body = `{"model":"chat"}`;
  const length = `Content-Length: ${body.length}`;
  await using caller = await connectTo(url);
  await caller.send(["POST /v1/x HTTP/1.1", ...lines, length, "", body].join("\r\n"));
  return await caller.reply();
}

const BAD_HOSTS: Readonly<Record<string, readonly string[]>> = {
  "no Host": [],
  "an empty Host": ["Host: "],
  "a Host with a space": ["Host: a b"],
  "a Host with a path": ["Host: evil/admin?x="],
  "a Host with a user": ["Host: user@host"],
  "a Host with a port that is no number": ["Host: a:b"],
  "two Hosts": ["Host: a", "Host: b"],
};

for (const [what, lines] of Object.entries(BAD_HOSTS)) {
  Deno.test(`startServer() answers a request with ${what} with 400`, async () => {
    await using backend = await startReplier(reply(200, `{"ok":1}`));
    await using proxy = await startProxy(chain({ backend }));
    const got = await sendCall(proxy.url, lines);
    assert.deepEqual([got.status, JSON.parse(textOf(got)).error.code], [400, "invalid_host"]);
    assert.equal(backend.connections, 0);
  });
}

Deno.test("startServer() answers a malformed Host in the caller's dialect", async () => {
  await using proxy = await startProxy(chain({ unused: { url: "http://127.0.0.1:9" } }));
  const got = await sendHead(proxy.url, ["GET /v1/messages HTTP/1.1", "Host: a b"]);
  assert.deepEqual(JSON.parse(textOf(got)), {
    type: "error",
    error: {
      type: "invalid_request_error",
      message:
        'Host "a b" is not a host name with an optional port. Send one, with the address that is ' +
        "called, such as 127.0.0.1:8080.",
    },
  });
});

Deno.test("startServer() answers TRACE with 405, and says what it takes instead", async () => {
  await using proxy = await startProxy(chain({ unused: { url: "http://127.0.0.1:9" } }));
  const got = await sendHead(proxy.url, ["TRACE / HTTP/1.1", "Host: a"]);
  assert.equal(got.status, 405);
  assert.match(lineValue(got, "allow") ?? "", /^GET, HEAD, POST\b/);
});

Deno.test("startServer() answers CONNECT with 405", async () => {
  await using proxy = await startProxy(chain({ unused: { url: "http://127.0.0.1:9" } }));
  const got = await sendHead(proxy.url, ["CONNECT example.com:443 HTTP/1.1", "Host: example.com"]);
  assert.equal(got.status, 405);
});

const INJECTING = `
backends: [{ name: own, url: "URL", auth: inject, api_key: "sk-pool-1-aaaaaaaa" }]
models: { chat: [{ backend: own, model: m }] }
`;

const FOREIGN: readonly (readonly string[])[] = [
  ["Host: 127.0.0.1", "Origin: https://evil.example"],
  ["Host: localhost", "Origin: null"],
  ["Host: 127.0.0.1", "Origin: http://127.0.0.1.evil.example"],
  ["Host: 127.0.0.1", "Origin: http://localhost.evil.example:80"],
  ["Host: evil.example"],
  ["Host: 127.0.0.1.evil.example"],
];

for (const lines of FOREIGN) {
  Deno.test(`startServer() answers ${lines.join(", ")} with 403 where a key is injected`, async () => {
    await using backend = await startReplier(reply(200, `{"ok":1}`));
    await using proxy = await startProxy(INJECTING.replace("URL", backend.url));
    for (const target of ["/v1/chat/completions", "/v1/models", "/health"]) {
      const head = [`POST ${target} HTTP/1.1`, ...lines, "Content-Length: 0"];
      assert.equal((await sendHead(proxy.url, head)).status, 403, target);
    }
    assert.equal(backend.connections, 0);
  });
}

for (
  const lines of [["Host: localhost:8080", "Origin: http://localhost:3000"], ["Host: [::1]:80"]]
) {
  Deno.test(`startServer() lets ${lines.join(", ")} in where a key is injected`, async () => {
    await using backend = await startReplier(reply(200, `{"from":"backend"}`));
    await using proxy = await startProxy(INJECTING.replace("URL", backend.url));
    assert.equal(textOf(await sendCall(proxy.url, lines)), `{"from":"backend"}`);
  });
}

Deno.test("startServer() lets a foreign Origin in where callers bring their own keys", async () => {
  await using backend = await startReplier(reply(200, `{"from":"backend"}`));
  await using proxy = await startProxy(chain({ backend }));
  const lines = ["Origin: https://app.example"];
  const got = await callRaw(proxy.url, { lines, body: `{"model":"chat"}` });
  assert.equal(textOf(got), `{"from":"backend"}`);
});
