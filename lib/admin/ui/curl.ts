/** A request as a curl line for a shell, its credentials left for whoever runs it to put in. */
import type { RequestLog } from "../../record/parse_request_log.ts";

/** What curl sets by itself, or what belonged to the connection. */
const OWN: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "connection",
  "accept-encoding",
  "transfer-encoding",
  "expect",
]);

export function curlOf({ request }: Pick<RequestLog, "request">, hostname: string): string {
  const { method, target, headers, body } = request;
  const origin = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? hostname;
  const kept = headers.filter(([name]) => !OWN.has(name.toLowerCase()));
  const lines = [
    `curl -X ${quoted(method)} ${quoted(`http://${origin}${target}`)}`,
    ...kept.map(([name, value]) => `-H ${quoted(`${name}: ${unmasked(value)}`)}`),
    ...(body.text === "" ? [] : [`--data-binary ${quoted(body.text)}`]),
  ];
  return lines.join(" \\\n  ");
}

/** A masked credential is of no use; a variable of the shell says what is missing. */
function unmasked(value: string): string {
  return value.replace(/\S*\*{4}\S*/g, "YOUR_KEY");
}

/** In single quotes nothing means anything to a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
