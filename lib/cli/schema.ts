/** `llm-proxy schema`: prints the configuration's JSON Schema, for editors. */
import { editorSchemaText } from "../config/editor_schema.ts";
import type { Output } from "./output.ts";

export function schema(output: Output): number {
  output.out(editorSchemaText().trimEnd());
  return 0;
}
