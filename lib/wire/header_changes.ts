/** What `backends[].headers` does to a request: the only way a header changes but for the credential. */
import type { HeaderChanges } from "../config/snapshot.ts";
import type { RawHeaders } from "./headers.ts";

/** The headers without those that the backend is not to get. */
export function removeHeaders(headers: RawHeaders, { remove }: HeaderChanges): RawHeaders {
  return remove.size === 0 ? headers : headers.filter(([name]) => !remove.has(name.toLowerCase()));
}

/** The headers with those that the backend is to get: where one of that name stood, else at the end. */
export function setHeaders(headers: RawHeaders, { set }: HeaderChanges): RawHeaders {
  return set.reduce(withHeader, headers);
}

function withHeader(headers: RawHeaders, header: RawHeaders[number]): RawHeaders {
  const name = header[0].toLowerCase();
  const first = headers.findIndex(([other]) => other.toLowerCase() === name);
  if (first < 0) return [...headers, header];
  const rest = headers.slice(first + 1).filter(([other]) => other.toLowerCase() !== name);
  return [...headers.slice(0, first), header, ...rest];
}
