/** A command's output without credentials: whatever it quotes of files and configurations. */
import { createRedactor } from "../record/redact.ts";
import type { Output } from "./output.ts";

/**
 * The same output; what has the shape of a credential, or a credential's name before it, is masked, and
 * these secrets.
 */
export function maskedOutput({ out, err }: Output, secrets: readonly string[] = []): Output {
  const redactor = createRedactor({ enabled: true, secrets });
  const masked = (line: string) => redactor.text(line).text;
  return { out: (line) => out(masked(line)), err: (line) => err(masked(line)) };
}
