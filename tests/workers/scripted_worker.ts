/** A worker that serves nobody: it does what a test writes into the configuration it is sent. */
import type { Batch, FromWorker, ToWorker } from "../../lib/workers/messages.ts";

const scope: EventTarget & { postMessage?: (message: FromWorker) => void } = globalThis;
const post = (message: FromWorker) => scope.postMessage?.(message);

/** A batch with a line of the log. */
function saying(text: string): Batch {
  const record = {
    category: ["llm-proxy"],
    level: "info",
    message: [text],
    rawMessage: text,
  } as const;
  const line = { ...record, timestamp: 0, properties: {} };
  return { lines: [line], rows: [], written: [], sights: [] };
}

function hear(message: ToWorker): void {
  switch (message.kind) {
    case "start": {
      const { shared: { loop }, latest } = message;
      if (latest.text === "refuse") return post({ kind: "failed", reason: "no room" });
      post({ kind: "batch", batch: saying(`loop ${loop} begins with ${latest.text}`) });
      return post({ kind: "listening" });
    }
    case "configure":
      if (message.sources.text === "die") throw new Error("on purpose");
      return post({ kind: "batch", batch: saying(`told of ${message.sources.text}`) });
    case "ask":
      if (message.question === "open") return;
      return post({ kind: "answer", id: message.id, answer: { question: "figures", figures: [] } });
    case "drain":
      post({ kind: "batch", batch: saying("the last line") });
      return post({ kind: "drained" });
    case "taken":
      return;
  }
}

scope.addEventListener("message", (event) => {
  if (event instanceof MessageEvent) hear(event.data);
});
post({ kind: "loaded" });
