/** What the demo prints. Lines fit into 80 columns. */
import type { AttemptRecord, Entry } from "../../record/entry.ts";
import { plain } from "../../record/plain_text.ts";
import type { HealthChange } from "../../state/health.ts";
import type { Outcome } from "../../wire/outcome.ts";
import type { CurlExample } from "./curl.ts";
import { DEMO_MODEL, type Heard } from "./request.ts";
import type { Paint } from "../paint.ts";

const COLUMNS = 78;
const MARGIN = "  ";

export function opening(paint: Paint): string[] {
  return [
    "",
    "Behind it are three built-in providers: one at its rate limit, one that breaks,",
    `one healthy. A streamed request for ${paint.strong(DEMO_MODEL)} now tries them in turn:`,
    "",
  ];
}

/** `attempt 1  limited (busy-gpt)    429 rate limited  -> next; cools for 30 s`. */
export function attemptLine(
  attempt: AttemptRecord,
  { number, paint }: { readonly number: number; readonly paint: Paint },
): string {
  const route = `${attempt.backend} (${attempt.model})`.padEnd(20);
  const outcome = outcomeWords(attempt.outcome).padEnd(16);
  const answered = attempt.verdict.action === "relay";
  const evidence = (answered ? paint.good : paint.bad)(outcome);
  const consequence = answered ? "-> answers:" : `-> next${cooling(attempt.change)}`;
  return `${MARGIN}attempt ${number}  ${route}  ${evidence}  ${consequence}`;
}

function outcomeWords(outcome: Outcome): string {
  if (outcome.kind === "fault") return outcome.code.replaceAll("_", " ");
  const { status } = outcome;
  const words = status === 429 ? " rate limited" : status === 200 ? " OK" : "";
  return `${status}${words}`;
}

function cooling(change: HealthChange): string {
  return change.kind === "cooled" ? `; cools for ${Math.round(change.forMs / 1000)} s` : "";
}

/** Writes tokens as one paragraph, breaking its lines between words. */
export function paragraph(write: (text: string) => void): (token: string) => void {
  let column = 0;
  return (token) => {
    const fits = column > 0 && column + token.length <= COLUMNS;
    const text = fits ? token : `${column > 0 ? "\n" : ""}${MARGIN}${token.trimStart()}`;
    column = fits ? column + token.length : MARGIN.length + token.trimStart().length;
    write(text);
  };
}

/** `Status 200 after 3 attempts: first token after 512 ms, 41 tokens in 2.3 s.` and where its log is. */
export function closing(
  { status, firstTokenMs, totalMs, tokens }: Heard & { kind: "answered" },
  { attempts, log }: { readonly attempts: number; readonly log: string },
): string[] {
  const result = `Status ${status} after ${attempts} attempts: first token after ` +
    `${Math.round(firstTokenMs)} ms, ${tokens} tokens in ${seconds(totalMs)}.`;
  return ["", "", result, `Its log: ${log}`];
}

/** What to do next, while the demo stays up. */
export function invitation(examples: readonly CurlExample[], paint: Paint): string[] {
  const shown = examples.flatMap(({ title, command }) => [
    `${MARGIN}${paint.faint(title)}`,
    ...command.split("\n").map((line) => MARGIN + MARGIN + line),
    "",
  ]);
  return [
    "",
    paint.strong("Try it yourself, in another terminal:"),
    "",
    ...shown,
    "Each request shows up below in one line. Ctrl-C ends the demo; its logs go too.",
    "",
  ];
}

/** `demo-chat    healthy (steady-gpt)     200  2 attempts   2.3 s  complete`. */
export function requestLine(entry: Entry, paint: Paint): string {
  const { call, response, attempts, ending } = entry;
  const status = response?.status ?? 0;
  const cells = [
    plain(call?.alias.name ?? "-").padEnd(11),
    sourceWords(entry).padEnd(23),
    String(status === 0 ? "-" : status).padEnd(3),
    `${attempts.length} attempt${attempts.length === 1 ? " " : "s"}`,
    seconds(ending?.atMs ?? 0).padStart(6),
  ];
  const fine = ending?.kind === "complete" && status < 400;
  const end = (fine ? paint.good : paint.bad)(ending?.kind.replace("_", " ") ?? "");
  return MARGIN + [...cells, end].join("  ");
}

function sourceWords({ response }: Entry): string {
  if (response === undefined) return "-";
  const { answered } = response;
  return answered.by === "proxy"
    ? answered.problem.code
    : `${answered.backend} (${answered.model})`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** What a signal to stop brings about. */
export function farewell(drainMs: number): string[] {
  return ["", `Stopping: answers under way have ${drainMs / 1000} s to end.`];
}
