/** What the commands against the running proxy have in common. */
import { type AdminCall, askProxy } from "./admin_client.ts";
import type { Screen } from "./screen.ts";

export interface LiveOptions {
  /** The configuration file. */
  readonly config: string;
  /** The answer as JSON, instead of in words. */
  readonly json: boolean;
}

/**
 * Asks the running proxy and shows its answer; gives the exit status: 0, or 1 with a line that says
 * what is wrong.
 *
 * @param words the answer as lines. What answers is this program, so its shape is known.
 */
export async function liveCommand<Answer>(
  call: AdminCall,
  { config, json }: LiveOptions,
  { screen, words }: { readonly screen: Screen; readonly words: (answer: Answer) => string[] },
): Promise<number> {
  const reply = await askProxy(config, call);
  if (!reply.ok) {
    reply.messages.forEach(screen.err);
    return 1;
  }
  if (json) screen.out(JSON.stringify(reply.body, null, 2));
  else words(reply.body as Answer).forEach(screen.out);
  return 0;
}
