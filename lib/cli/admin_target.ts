/** Which admin port a command asks, and what it shows there. */
import { readAdminAlone } from "../config/admin_alone.ts";
import { formatListen } from "../config/listen_address.ts";
import type { Parsed } from "../config/parsed.ts";
import { readText } from "../config/read_text.ts";
import type { ListenAddress } from "../config/snapshot.ts";

export interface AdminTarget {
  /** http or https, without a slash at its end; a proxy before the port may add a path. */
  readonly url: string;
  /** Empty for none. */
  readonly token: string;
  /** For a person: what said so. */
  readonly urlFrom: string;
  readonly tokenFrom: string;
}

export interface TargetOptions {
  /** The configuration file. */
  readonly config: string;
  /** Of `-admin`; undefined where the configuration says it. */
  readonly admin: string | undefined;
  /** Of `-token-file`; undefined for none. */
  readonly tokenFile: string | undefined;
  readonly env: (name: string) => string | undefined;
}

/** What holds a token besides; on a command line everybody on the machine would see it. */
export const TOKEN_VARIABLE = "LLM_PROXY_ADMIN_TOKEN";

/** The reason is a sentence without its full stop. */
export async function adminTarget(options: TargetOptions): Promise<Parsed<AdminTarget>> {
  const given = await givenToken(options);
  if (!given.ok) return given;
  const target = options.admin === undefined
    ? await configured(options, given.value)
    : named(options.admin, given.value ?? { token: "", tokenFrom: "" });
  if (!target.ok || /^[\x21-\x7e]*$/.test(target.value.token)) return target;
  const reason = `the token of ${target.value.tokenFrom} is no line of plain characters`;
  return { ok: false, reason };
}

type Token = Pick<AdminTarget, "token" | "tokenFrom">;

/** Undefined where neither a file nor the variable gives one. */
async function givenToken({ tokenFile, env }: TargetOptions): Promise<Parsed<Token | undefined>> {
  if (tokenFile !== undefined) {
    const text = await readText(tokenFile);
    if (!text.ok) return { ok: false, reason: `-token-file ${tokenFile}: the file ${text.reason}` };
    return { ok: true, value: { token: text.value.trim(), tokenFrom: `-token-file ${tokenFile}` } };
  }
  const token = env(TOKEN_VARIABLE) ?? "";
  return { ok: true, value: token === "" ? undefined : { token, tokenFrom: TOKEN_VARIABLE } };
}

/** Of `-admin`: `http://127.0.0.1:8081`, `https://host/path`, or an address alone. */
function named(text: string, token: Token): Parsed<AdminTarget> {
  const spelled = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(spelled) ? new URL(spelled) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const reason = "-admin takes a URL such as http://127.0.0.1:8081 or https://host/path";
    return { ok: false, reason };
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    const reason = "-admin takes no user, password, ? or #: everybody on this machine sees it. " +
      `A token belongs in ${TOKEN_VARIABLE} or -token-file`;
    return { ok: false, reason };
  }
  const value = { url: `${url.origin}${url.pathname.replace(/\/+$/, "")}`, urlFrom: "-admin" };
  return { ok: true, value: { ...value, ...token } };
}

async function configured(
  { config, env }: TargetOptions,
  given: Token | undefined,
): Promise<Parsed<AdminTarget>> {
  const read = await readAdminAlone(config, env);
  if (!read.ok) {
    return { ok: false, reason: `${read.reason}. Name a file with -config, or a port with -admin` };
  }
  const listen = await read.value.listen();
  if (!listen.ok) return { ok: false, reason: `${listen.reason}, or name the port with -admin` };
  if (listen.value === undefined) {
    const reason = `The admin port is turned off (admin.listen is "" in ${config})`;
    return { ok: false, reason };
  }
  if (listen.value.port === 0) {
    const reason = `admin.listen has port 0 in ${config}, so its port is not known: name one`;
    return { ok: false, reason };
  }
  const token = given ?? await read.value.token();
  if ("ok" in token && !token.ok) {
    return {
      ok: false,
      reason: `${token.reason}; or set ${TOKEN_VARIABLE}, or name a -token-file`,
    };
  }
  const shown = "ok" in token
    ? { token: token.value, tokenFrom: `admin.token in ${config}` }
    : token;
  return { ok: true, value: { url: urlOf(listen.value), urlFrom: "admin.listen", ...shown } };
}

/** An address to connect to, for one to listen on. */
function urlOf({ hostname, port }: ListenAddress): string {
  const isAny = hostname === "" || hostname === "0.0.0.0";
  const reachable = isAny ? "127.0.0.1" : hostname === "::" ? "::1" : hostname;
  return `http://${formatListen({ hostname: reachable, port })}`;
}
