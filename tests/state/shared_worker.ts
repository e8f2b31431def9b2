/// <reference lib="deno.worker" />
/** An event loop that does what tests/state/shared_workers_test.ts tells it to. */
import { type Done, hammer, type Task } from "./shared_hammer.ts";

self.onmessage = ({ data }: MessageEvent<Task>) => {
  self.postMessage(hammer(data) satisfies Done);
};
