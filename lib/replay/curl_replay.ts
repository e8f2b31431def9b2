/** A logged request as a line of curl that has nobody's key in it. */
import { isCredentialHeader } from "../record/credential_names.ts";
import type { RequestLog } from "../record/parse_request_log.ts";
import { placeIn } from "../wire/credentials.ts";
import type { RawHeaders } from "../wire/headers.ts";
import { curlOf, KEY_VARIABLE } from "./curl.ts";
import { replayOf, type ReplayOptions } from "./replay_request.ts";

export type CurlReplay =
  | {
    readonly kind: "line";
    readonly line: string;
    /** What is not as it was, each a line for a person. */
    readonly notes: readonly string[];
  }
  | { readonly kind: "impossible"; readonly why: string };

/** Of letters and digits, so that it stands anywhere as it is, and in no request by chance. */
const STAND_IN = `LLMPROXYKEY${crypto.randomUUID().replaceAll("-", "")}`;

/** The line, with a variable wherever a key would be: `$LLM_PROXY_KEY` for that of the call. */
export async function curlReplayOf(
  log: RequestLog,
  options: Omit<ReplayOptions, "key" | "usesOwnKeys">,
): Promise<CurlReplay> {
  const key = takesKey(log, options) ? STAND_IN : "";
  const made = await replayOf(log, { ...options, key, usesOwnKeys: false });
  if (made.kind === "impossible") return made;
  const isOurs = options.backendName === undefined;
  const set = isOurs ? [] : made.backend.headers.set.map(([name]) => name.toLowerCase());
  const { headers, variables } = withoutSecrets(made.request.headers, set);
  const curl = curlOf({ ...made.request, headers }, {
    variables: new Map([...variables, [STAND_IN, KEY_VARIABLE]]),
    mayUseProxy: made.backend.proxy !== "direct",
  });
  return curl.kind === "line" ? { ...curl, notes: made.notes } : curl;
}

function takesKey(
  { request }: RequestLog,
  { snapshot, backendName }: Pick<ReplayOptions, "snapshot" | "backendName">,
): boolean {
  if (placeIn(request) !== undefined) return true;
  // The proxy takes a caller's key off a request before it is logged.
  if (backendName === undefined) return snapshot.callers !== undefined;
  return (snapshot.backends.get(backendName)?.keys ?? []).length > 0;
}

/** What the configuration sets on a backend's requests may be credentials of its own. */
function withoutSecrets(headers: RawHeaders, set: readonly string[]) {
  const variables: [string, string][] = [];
  const shown = headers.map(([name, value]): RawHeaders[number] => {
    const lower = name.toLowerCase();
    const isSecret = set.includes(lower) && isCredentialHeader(lower) && !value.includes(STAND_IN);
    if (!isSecret) return [name, value];
    const standIn = `${STAND_IN}N${variables.length}N`;
    variables.unshift([standIn, `LLM_PROXY_${name.toUpperCase().replace(/\W/g, "_")}`]);
    return [name, standIn];
  });
  return { headers: shown, variables };
}
