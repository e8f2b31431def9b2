/** Records a real run of the demo as docs/demo.svg: `deno task demo:svg`. */
import { demo } from "../../lib/cli/demo.ts";
import type { Screen } from "../../lib/cli/screen.ts";
import { svgOf } from "./svg.ts";
import { show, type Shown, type Written } from "./terminal.ts";

/** The demo's lines fit into them. */
const COLUMNS = 80;
/** The longest wait that is shown. */
const MOST_WAIT_MS = 1500;
/** From the command to its first line: what a start takes is not the recording's to say. */
const START_MS = 600;
const REST_MS = 6000;
/** The finest time that is kept: a screen shows no finer one. */
const STEP_MS = 10;
const PROMPT = "\x1b[2m$\x1b[0m \x1b[1mllm-proxy demo -once\x1b[0m\n";

/** Ports that the documentation speaks of: the proxy's, and the dashboard's. */
const PORTS = [8080, 8081] as const;

/**
 * Runs the demo once, in colours, and gives what it wrote and when.
 *
 * @throws when the demo does not end well
 */
export async function record(): Promise<readonly Written[]> {
  const startedMs = performance.now();
  const output: Written[] = [];
  const write = (text: string) => {
    output.push({ text, atMs: performance.now() - startedMs });
  };
  const complaints: string[] = [];
  const screen: Screen = {
    write,
    out: (line) => write(`${line}\n`),
    err: (line) => complaints.push(line),
    coloured: true,
  };
  const status = await demo({ once: true }, screen);
  if (status !== 0) throw new Error(`The demo ended with ${status}: ${complaints.join(" ")}`);
  return output;
}

/** The run as it is shown: behind its command, without long waits, with no port or time of its own. */
export function edited(output: readonly Written[]): readonly Written[] {
  const general = withoutChance(output.map(({ text }) => text));
  let shownMs = START_MS;
  let writtenMs = output[0]?.atMs ?? 0;
  const pieces = output.map(({ atMs }, at) => {
    shownMs += Math.min(atMs - writtenMs, MOST_WAIT_MS);
    writtenMs = atMs;
    return { text: general[at] ?? "", atMs: Math.round(shownMs / STEP_MS) * STEP_MS };
  });
  return [{ text: PROMPT, atMs: 0 }, ...pieces];
}

/** With the documentation's ports for those that were free, and noon for times of day. */
function withoutChance(texts: readonly string[]): readonly string[] {
  const found = texts.flatMap((text) => text.match(/(?<=:\/\/127\.0\.0\.1:)\d+/g) ?? []);
  const ports = [...new Set(found)];
  const fixed = (port: string) => String(PORTS[ports.indexOf(port)] ?? PORTS[0]);
  return texts.map((text) =>
    text.replaceAll(/(?<=:\/\/127\.0\.0\.1:)\d+/g, fixed)
      .replaceAll(/\b\d\d:\d\d:\d\d(?:\.\d+)?/g, "12:00:00")
  );
}

/** The recording's lines, without their styles. */
export function linesOf({ runs, cursors }: Shown): readonly string[] {
  const rows = 1 + (cursors.at(-1)?.row ?? 0);
  return Array.from({ length: rows }, (_, row) =>
    runs.filter((run) => run.row === row)
      .reduce((line, { column, text }) => line.padEnd(column) + text, "").trimEnd());
}

/** The picture of a run. */
export function picture(output: readonly Written[]): string {
  const shown = show(edited(output), COLUMNS);
  const description = linesOf(shown).join("\n").trim();
  return svgOf(shown, { title: "llm-proxy", description, columns: COLUMNS, restMs: REST_MS });
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("../demo.svg", import.meta.url), picture(await record()));
}
