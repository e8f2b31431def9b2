/** Header lines as nobody would write them, but anybody may. */
import { Buffer } from "node:buffer";
import type { Random } from "./random.ts";

type Lines = readonly string[];

const SHARED: readonly [Lines, ...Lines[]] = [
  [],
  ["X-Mixed-CASE: Kept Value", "x-lower: b", "X-LOWER: c"],
  ["x-list: a", "x-other: 1", "X-List: b, c", "x-list: "],
  ["x-latin: caf\xe9 \xa0\xff", `x-utf8: ${Buffer.from("Grüße 模").toString("latin1")}`],
  [`x-quoted: "a, b"; c="d\\"e"`, "x-inner: a  b\tc", "x-empty:", "x-space:   v   "],
  ["x!#$%&'*+-.^_`|~9: v", "x-percent: %00%ff"],
  ["Connection: X-Nominated", "X-Nominated: for this hop", "x-kept: not for it alone"],
  Array.from({ length: 40 }, (_, index) => `x-many-${index}: value ${index}`),
  [`x-large: ${"v".repeat(8000)}`],
];

const OF_REQUESTS: readonly [Lines, ...Lines[]] = [
  [],
  ["Cookie: a=1; b=2", "cookie: c=3"],
  ["TE: trailers", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive"],
  ["accept-encoding: gzip, deflate, br, zstd", "Accept: */*", "user-agent: a/1 (b; c)"],
  ["anthropic-beta: a-2025,b-2025", "x-claude-code-session-id: 6f1c", "x-app: cli"],
  ["Expect: 100-continue"],
  ["x-forwarded-for: 1.2.3.4", "via: 1.1 somebody", "forwarded: for=192.0.2.60"],
];

const OF_REPLIES: readonly [Lines, ...Lines[]] = [
  [],
  ["Set-Cookie: a=1; Path=/", "set-cookie: b=2", "Set-Cookie: c=3"],
  ["Date: Thu, 01 Jan 2026 00:00:00 GMT", "Server: some/1.0", "Via: 1.1 edge"],
  ["x-ratelimit-remaining-requests: 99", "openai-processing-ms: 12", "request-id: req_1"],
  ['ETag: W/"x"', "Vary: Accept-Encoding", "vary: Origin", "cache-control: no-cache"],
  ["Keep-Alive: timeout=30", "Location: /elsewhere?key=kept"],
];

export function requestLines(random: Random): Lines {
  return [...random.pick(SHARED), ...random.pick(OF_REQUESTS)];
}

export function replyLines(random: Random): Lines {
  return [...random.pick(OF_REPLIES), ...random.pick(SHARED)];
}
