import assert from "node:assert/strict";
import { asksForWebSocket } from "../../lib/dialect/websocket.ts";
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
