/** `llm-proxy init`: writes the commented example as a first configuration. */
import { EXAMPLE } from "../system/places.ts";
import type { Output } from "./output.ts";
import { errorWords } from "../system/error_words.ts";

/** Exit status 0, or 1 when the file exists already or cannot be written. */
export async function init(file: string, output: Output): Promise<number> {
  const example = await Deno.readTextFile(EXAMPLE);
  try {
    await Deno.writeTextFile(file, example, { createNew: true, mode: 0o600 });
  } catch (cause) {
    output.err(cannotWrite(file, cause));
    return 1;
  }
  output.out(`Wrote ${file}. Set the backends' URLs and models in it, then run: llm-proxy`);
  return 0;
}

function cannotWrite(file: string, cause: unknown): string {
  if (cause instanceof Deno.errors.AlreadyExists) {
    return `${file} exists already and is left as it is. Remove it, or name another with -config.`;
  }
  return `Cannot write ${file}: ${errorWords(cause)}.`;
}
