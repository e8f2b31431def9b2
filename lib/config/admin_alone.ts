/** `admin` read alone from a configuration file that may be broken elsewhere. */
import { parseListen } from "./listen_address.ts";
import { readMembersAlone } from "./members_alone.ts";
import type { Parsed } from "./parsed.ts";
import type { ListenAddress } from "./snapshot.ts";

/** Where the admin port is, and what to show it. Neither is read before it is asked for. */
export interface AdminAlone {
  /** Undefined where it is turned off. */
  readonly listen: () => Promise<Parsed<ListenAddress | undefined>>;
  /** Empty for none. */
  readonly token: () => Promise<Parsed<string>>;
}

/** Where it is when nothing is written: the schema's default. */
const DEFAULT_LISTEN = "127.0.0.1:8081";

/** Reasons are whole sentences. */
export async function readAdminAlone(
  file: string,
  env: (name: string) => string | undefined,
): Promise<Parsed<AdminAlone>> {
  const read = await readMembersAlone(file, env);
  if (!read.ok) return read;
  const { text } = read.value;
  return {
    ok: true,
    value: {
      token: () => text("admin.token", ""),
      async listen() {
        const value = await text("admin.listen", DEFAULT_LISTEN);
        if (!value.ok || value.value === "") {
          return value.ok ? { ok: true, value: undefined } : value;
        }
        const parsed = parseListen(value.value);
        return parsed.ok ? parsed : { ok: false, reason: `${file}: admin.listen ${parsed.reason}` };
      },
    },
  };
}
