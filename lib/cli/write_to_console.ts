/** Writes lines of the general log to the console, whole, however little it takes at a time. */
import { consoleText } from "../system/console_text.ts";

/** @throws what the console does, as where nobody reads it any more */
export async function writeToConsole(line: string): Promise<void> {
  const bytes = new TextEncoder().encode(consoleText(line));
  for (let at = 0; at < bytes.length;) at += await Deno.stderr.write(bytes.subarray(at));
}
