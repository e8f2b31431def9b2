/** Standard output as a screen: text appears on it piece by piece, not line by line. */
import { consoleText } from "../system/console_text.ts";
import type { Output } from "./output.ts";

export interface Screen extends Output {
  /** Writes text as it is, at once. */
  readonly write: (text: string) => void;
  /** Whether colours are wanted: on a terminal, unless NO_COLOR is set (https://no-color.org). */
  readonly coloured: boolean;
}

/** The process's own standard output and error. */
export function openScreen(): Screen {
  const write = (text: string) => writeAll(Deno.stdout, text);
  return {
    write,
    out: (line) => write(`${line}\n`),
    err: (line) => writeAll(Deno.stderr, `${line}\n`),
    coloured: Deno.stdout.isTerminal() && !Deno.noColor,
  };
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(consoleText(text));
  try {
    for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
  } catch {
    // The reader has gone, as after `| head`, the terminal is closed, the disk behind it full: nobody
    // is left to tell, and whoever calls the proxy is served all the same.
  }
}
