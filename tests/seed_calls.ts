/** How the walks through the seed's README call its proxy, and what the providers answer. */
import { callRaw, type RawReply, textOf } from "./caller.ts";
import { always, bodyOf } from "./contract/providers.ts";
import { type Peer, reply } from "./peer.ts";
import type { SeedProxy } from "./seed_proxy.ts";

/** Two providers that answer, and say who they are. */
export const A = always(reply(200, `{"from":"a"}`));
export const B = always(reply(200, `{"from":"b"}`));
/** A provider out of order, and the body it says so with. */
export const FAILED = `{"error":{"message":"Out of order.","type":"server_error"}}`;
export const FAILING = always(reply(503, FAILED));

/** The body as printed after `-d`. */
export const CURL_BODY = `{
    "model": "claude-opus",
    "messages": [{"role": "user", "content": "Hello"}],
    "stream": true
  }`;

/** The headers as printed after `-H`, and those that curl adds. */
const CURL_LINES = [
  "User-Agent: curl/8.14.1",
  "Accept: */*",
  "Authorization: Bearer sk-your-key",
  "Content-Type: application/json",
];

/** What the README says, and the check that it holds. */
export type Claims = Readonly<Record<string, () => Promise<void> | void>>;

/** A test of one section, with a step for each claim. */
export function walk(section: string, claims: Claims): void {
  Deno.test(`the seed's README, ${section}`, async (t) => {
    for (const [claim, check] of Object.entries(claims)) await t.step(claim, () => check());
  });
}

/** The curl line under 客户端使用. */
export function curl({ url }: SeedProxy): Promise<RawReply> {
  return callRaw(url, { target: "/chat/completions", lines: CURL_LINES, body: CURL_BODY });
}

/** A call of an alias with nothing else in it. */
export function ask({ url }: SeedProxy, model = "claude-opus"): Promise<RawReply> {
  return callRaw(url, { body: JSON.stringify({ model }) });
}

/** Which provider answered. */
export async function answer(seed: SeedProxy, model?: string): Promise<unknown> {
  return JSON.parse(textOf(await ask(seed, model))).from;
}

/** The models that a provider was asked for, in order. */
export function modelsAsked({ requests }: Peer): unknown[] {
  return requests.map((request) => bodyOf(request).model);
}
