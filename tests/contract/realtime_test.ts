/** The official OpenAI SDK's realtime client, over the runtime's WebSocket. */
import assert from "node:assert/strict";
import { OpenAIRealtimeWebSocket } from "openai/realtime/websocket";
import { startProxy } from "../proxy.ts";
import { openaiAt } from "./clients.ts";
import { twoRoutes, within } from "./providers.ts";

const CREATED = { type: "session.created", event_id: "event_1", session: { type: "realtime" } };

Deno.test("openai realtime: events go both ways, to the backend's model", async () => {
  const targets: string[] = [];
  const received: unknown[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    targets.push(pathname + search);
    const offered = request.headers.get("sec-websocket-protocol")?.split(/, */) ?? [];
    const [protocol] = offered;
    const { socket, response } = Deno.upgradeWebSocket(
      request,
      protocol === undefined ? {} : { protocol },
    );
    socket.addEventListener("open", () => socket.send(JSON.stringify(CREATED)));
    socket.addEventListener("message", ({ data }) => {
      received.push(JSON.parse(data));
      socket.send(JSON.stringify({ type: "response.done", event_id: "event_2", response: {} }));
    });
    return response;
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  await using proxy = await startProxy(twoRoutes(origin, origin));
  using _plain = plainWebSockets();
  const realtime = new OpenAIRealtimeWebSocket({ model: "assistant" }, openaiAt(proxy.url));
  const closed = new Promise<void>((resolve) => {
    realtime.socket.addEventListener("close", () => resolve());
  });
  const types = await within(
    new Promise<string[]>((resolve, reject) => {
      const seen: string[] = [];
      realtime.on("error", reject);
      realtime.on("event", ({ type }) => {
        seen.push(type);
        if (type === "session.created") realtime.send({ type: "response.create" });
        if (type === "response.done") resolve(seen);
      });
    }),
    3000,
    "the backend's last event",
  );
  assert.deepEqual(types, ["session.created", "response.done"]);
  assert.deepEqual(received, [{ type: "response.create" }]);
  assert.deepEqual(targets, ["/v1/realtime?model=model-a"]);
  realtime.close();
  await within(closed, 3000, "the close");
  await server.shutdown();
});

/** The SDK takes `wss:` only, and this proxy has no certificate here: the rest is the runtime's own. */
function plainWebSockets(): Disposable {
  const original = globalThis.WebSocket;
  globalThis.WebSocket = class extends original {
    constructor(url: string | URL, protocols?: ConstructorParameters<typeof WebSocket>[1]) {
      super(String(url).replace(/^wss:/, "ws:"), protocols);
    }
  };
  return { [Symbol.dispose]: () => void (globalThis.WebSocket = original) };
}
