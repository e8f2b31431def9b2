/** What a request for a WebSocket says. https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
import type { RawHeaders } from "../wire/headers.ts";

/**
 * Whether a request asks to have its connection made a WebSocket. A body has no place in such a
 * request; any other protocol that a caller offers to switch to is passed over (RFC 9110, section 7.8).
 */
export function asksForWebSocket(
  { method, headers }: { readonly method: string; readonly headers: RawHeaders },
): boolean {
  return method === "GET" && listed(headers, "connection").includes("upgrade") &&
    listed(headers, "upgrade").includes("websocket") && !hasBody(headers);
}

function hasBody(headers: RawHeaders): boolean {
  const lengths = listed(headers, "content-length");
  return lengths.some((length) => length !== "0") ||
    listed(headers, "transfer-encoding").length > 0;
}

/** The members of a list field, lower-case, of all its lines. */
function listed(headers: RawHeaders, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value.toLowerCase().split(",").map((member) => member.trim()));
}
