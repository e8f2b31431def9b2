import assert from "node:assert/strict";
import { asksForWebSocket, modelInQuery } from "../../lib/dialect/websocket.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";

const ASKING: RawHeaders = [["Connection", "keep-alive, Upgrade"], ["Upgrade", "h2c, WebSocket"]];

function asks(method: string, headers: RawHeaders): boolean {
  return asksForWebSocket({ method, headers });
}

Deno.test("asksForWebSocket() knows the handshake, however its lists are written", () => {
  assert.ok(asks("GET", ASKING));
  assert.ok(
    asks("GET", [["upgrade", "websocket"], ["connection", "close"], ["connection", "UPGRADE"]]),
  );
  assert.ok(asks("GET", [...ASKING, ["Content-Length", "0"]]));
});

Deno.test("asksForWebSocket() passes over other methods, other protocols and bodies", () => {
  assert.ok(!asks("POST", ASKING));
  assert.ok(!asks("GET", [["Connection", "Upgrade"], ["Upgrade", "h2c"]]));
  assert.ok(!asks("GET", [["Connection", "Upgrade"]]));
  assert.ok(!asks("GET", [["Upgrade", "websocket"]]));
  assert.ok(!asks("GET", [...ASKING, ["Content-Length", "3"]]));
  assert.ok(!asks("GET", [...ASKING, ["Transfer-Encoding", "chunked"]]));
});

function named(target: string): string | undefined {
  const span = modelInQuery(target);
  return span === undefined ? undefined : target.slice(span.start, span.end);
}

Deno.test("modelInQuery() finds OpenAI's model and Azure's deployment", () => {
  assert.equal(named("/v1/realtime?model=gpt-x"), "gpt-x");
  assert.equal(named("/v1/realtime?a=1&model=a%2Fb&c=2"), "a%2Fb");
  assert.equal(named("/openai/realtime?api-version=1&deployment=d"), "d");
});

Deno.test("modelInQuery() finds nothing where nothing is named, or more than one", () => {
  for (const target of ["/model=x", "/?xmodel=x", "/?model=", "/?model", "/?model=a&model=b"]) {
    assert.equal(named(target), undefined, target);
  }
});
