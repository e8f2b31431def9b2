/** What the commands against the running proxy have in common. */
import settings from "../../deno.json" with { type: "json" };
import { readEnv } from "../config/read_env.ts";
import { type AdminCall, type AdminReply, askProxy } from "./admin_client.ts";
import type { Screen } from "./screen.ts";

export interface LiveOptions {
  /** The configuration file, which says where the admin port is unless `admin` does. */
  readonly config: string;
  /** The URL of the admin port. */
  readonly admin?: string | undefined;
  /** A file that holds its token. */
  readonly tokenFile?: string | undefined;
  /** The answer as JSON, instead of in words. */
  readonly json: boolean;
  readonly env?: (name: string) => string | undefined;
}

/** Asks the running proxy that the options lead to. */
export function asking(
  { config, admin, tokenFile, env = readEnv }: LiveOptions,
): (call: AdminCall) => Promise<AdminReply> {
  const { version } = settings;
  return (call) => askProxy(call, { config, admin, tokenFile, env, version });
}

/**
 * Asks the running proxy and shows its answer; gives the exit status: 0, or 1 with a line that says
 * what is wrong.
 *
 * @param words the answer as lines. What answers is this program, so its shape is known.
 */
export async function liveCommand<Answer>(
  call: AdminCall,
  options: LiveOptions,
  { screen, words }: { readonly screen: Screen; readonly words: (answer: Answer) => string[] },
): Promise<number> {
  const reply = await asking(options)(call);
  if (!reply.ok) {
    screen.err(reply.message);
    return 1;
  }
  if (options.json) screen.out(JSON.stringify(reply.body, null, 2));
  else words(reply.body as Answer).forEach(screen.out);
  return 0;
}
