/** Where callers connect, read alone from a configuration file that may be broken elsewhere. */
import { parseListen } from "./listen_address.ts";
import { readMembersAlone } from "./members_alone.ts";
import type { Parsed } from "./parsed.ts";
import type { ListenAddress } from "./snapshot.ts";

export interface ListenerAlone {
  readonly listen: ListenAddress;
  /** Whether it serves HTTPS. */
  readonly isSecure: boolean;
}

/** The schema's default. */
const DEFAULT_LISTEN = ":8080";

/** Reasons are whole sentences. */
export async function readListenerAlone(
  file: string,
  env: (name: string) => string | undefined,
): Promise<Parsed<ListenerAlone>> {
  const read = await readMembersAlone(file, env);
  if (!read.ok) return read;
  const text = await read.value.text("listen", DEFAULT_LISTEN);
  if (!text.ok) return text;
  const listen = parseListen(text.value);
  if (!listen.ok) return { ok: false, reason: `${file}: listen ${listen.reason}` };
  return { ok: true, value: { listen: listen.value, isSecure: read.value.isWritten("tls") } };
}
