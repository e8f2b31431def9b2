/** Where a worker begins: the main loop says how, and the rest is `serveLoop`'s. */
import type { FromWorker, ToWorker } from "./messages.ts";
import { serveLoop, type ServingLoop } from "./serve_loop.ts";

/** What a worker's global scope has of its own; the library of types for it clashes with Deno's. */
interface WorkerScope extends EventTarget {
  postMessage(message: FromWorker): void;
}

function isWorkerScope(scope: EventTarget): scope is WorkerScope {
  return "postMessage" in scope;
}

function listenTo(scope: WorkerScope): void {
  const post = (message: FromWorker) => scope.postMessage(message);
  const fail = (cause: unknown) => {
    post({ kind: "failed", reason: cause instanceof Error ? cause.message : String(cause) });
  };
  let serving: Promise<ServingLoop> | undefined;
  scope.addEventListener("message", (event) => {
    if (!(event instanceof MessageEvent)) return;
    const message: ToWorker = event.data;
    if (message.kind !== "start") {
      return void serving?.then((loop) => loop.hear(message), () => {});
    }
    serving = serveLoop(message, post);
    serving.then(() => post({ kind: "listening" }), fail);
  });
  post({ kind: "loaded" });
}

const scope: EventTarget = globalThis;
if (isWorkerScope(scope)) listenTo(scope);
