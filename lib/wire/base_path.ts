/** Whether a request stays where the configuration says that a backend is. */
import type { Backend } from "../config/snapshot.ts";
import { percentDecoded } from "./key_spellings.ts";
import type { Fault } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";

/**
 * Why a request must not be sent to a backend with its key: its path climbs out of the base path, as
 * `/v1/../admin` does, in one of the ways in which servers read paths. With the caller's own credential
 * it may: it could go there by itself.
 */
export function leavingBase(
  { target }: Outgoing,
  { backend: { basePath }, key }: { readonly backend: Backend; readonly key: string | undefined },
): Fault | undefined {
  if (key === undefined || basePath === "") return undefined;
  // A "#" ends no path on the wire: a server may take it for a character like any other.
  const [rest = ""] = target.slice(basePath.length).split("?", 1);
  if (!climbs(rest.split("/").map(decoded)) && !climbs(decoded(rest).split("/"))) return undefined;
  const detail =
    "its path leaves the backend's base path by \"..\", which is not sent with the proxy's key";
  return { kind: "fault", code: "request_refused", detail };
}

/** Whether the segments lead above where they start; empty ones and parameters are no step down. */
function climbs(segments: readonly string[]): boolean {
  let depth = 0;
  for (const segment of segments) {
    const name = segment.replace(/;.*$/s, "");
    if (name === "..") depth--;
    else if (name !== "" && name !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** As a server reads it that decodes a path more than once, and takes a backslash for a slash. */
function decoded(path: string): string {
  const once = percentDecoded(path.replace(/%(?:25)+/g, "%"));
  return percentDecoded(once).replaceAll("\\", "/");
}
