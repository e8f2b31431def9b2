/** The thread of file_thread.ts: writes what it is sent, and says what became of it. */
import { filesIn, LOADED } from "./file_parcel.ts";
import { type Fates, writeNewFilesSync } from "./new_files.ts";

/** What a worker's global scope has of its own; the library of types for it clashes with Deno's. */
interface WorkerScope extends EventTarget {
  postMessage(message: readonly Fates[] | typeof LOADED): void;
}

function isWorkerScope(scope: EventTarget): scope is WorkerScope {
  return "postMessage" in scope;
}

const scope: EventTarget = globalThis;
if (isWorkerScope(scope)) {
  scope.addEventListener("message", (event) => {
    if (event instanceof MessageEvent) scope.postMessage(writeNewFilesSync(filesIn(event.data)));
  });
  scope.postMessage(LOADED);
}
