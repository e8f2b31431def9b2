/** How long the dashboard's answers take with 100,000 requests in the history: `deno task bench:history`. */
import { dirname } from "node:path";
import { DAY_MS, recordOf, startHistory } from "../record/history_scene.ts";
import { startStage } from "./stage.ts";

const REQUESTS = 100_000;
const SPAN_MS = 30 * DAY_MS;
const BATCH = 1000;
const YAML = `
listen: "127.0.0.1:0"
admin: {listen: "127.0.0.1:0"}
backends: [{name: first, url: "http://127.0.0.1:9", auth: passthrough}]
models: {chat: [{backend: first, model: first-model}]}
`;

const scene = await startHistory();
const history = scene.openHistory();
const beginMs = Date.now() - SPAN_MS;
fill();
const stage = await startStage(YAML, { history });

const PAGES = [
  "/api/now",
  "/api/requests",
  "/api/requests?alias=chat-3",
  "/api/requests?status=failed",
  "/api/requests?text=nothing-like-it",
  `/api/requests?before=${beginMs + SPAN_MS / 2}`,
  `/api/requests/${idAt(REQUESTS / 2)}`,
  `/api/usage?span=${DAY_MS}`,
  `/api/usage?span=${SPAN_MS}&by=caller`,
  `/api/usage?span=${SPAN_MS}&by=backend&bucket=60000`,
  `/api/usage.csv?span=${SPAN_MS}`,
  "/api/config",
];

for (const page of PAGES) {
  const name = page.replaceAll(/=\d{6,}/g, "=…");
  Deno.bench({ name, warmup: 3, n: 30 }, async () => {
    const answer = await fetch(new URL(page, stage.admin.url));
    const length = (await answer.bytes()).length;
    if (answer.status !== 200 || length === 0) throw new Error(`${page}: ${answer.status}`);
  });
}

addEventListener("unload", () => {
  history.close();
  for (const directory of [stage.directory, dirname(dirname(scene.path))]) {
    Deno.removeSync(directory, { recursive: true });
  }
});

function idAt(at: number): string {
  return at.toString(16).padStart(8, "0");
}

/** As a month of five aliases, three backends and seven callers leaves them; one in twenty failed. */
function fill(): void {
  const file = scene.openFile();
  for (let begin = 0; begin < REQUESTS; begin += BATCH) {
    file.write(Array.from({ length: BATCH }, (_, step) => {
      const at = begin + step;
      return recordOf({
        id: idAt(at),
        receivedAtMs: beginMs + Math.floor(at * SPAN_MS / REQUESTS),
        alias: `chat-${at % 5}`,
        backend: `provider-${at % 3}`,
        caller: `caller-${at % 7}`,
        status: at % 20 === 0 ? 503 : 200,
      }, [{}, {}]);
    }));
  }
  file.close();
}
