/** `llm-proxy schema`: prints the configuration's JSON Schema, for editors. */
import { configSchema } from "../config/schema.ts";
import type { Output } from "./output.ts";

export function schema(output: Output): number {
  output.out(JSON.stringify(configSchema(), null, 2));
  return 0;
}
