/** One call made twice, straight to a provider and through the proxy: nobody can tell the two apart. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Script, SeenRequest } from "../peer.ts";
import { headersOf, type StageOptions, startStage } from "./providers.ts";

/** Where a call goes, and the model to name there. */
export interface Destination {
  readonly url: string;
  readonly model: string;
}

/** A request as the provider got it, less what each hop and each run sets anew. */
export interface Received {
  /** `POST /v1/files?limit=2`. */
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  /** One character a byte; the boundary of a form is `BOUNDARY`. */
  readonly body: string;
}

export interface Passed<T> {
  readonly result: T;
  /** What the provider got through the proxy: nothing that did not come directly. */
  readonly requests: readonly Received[];
}

/**
 * Makes the call at the provider and then through the proxy.
 *
 * @param call names `model` where it needs one; gives plain data, without its client in it
 * @throws {assert.AssertionError} where results, or the requests but for the model's name, differ
 */
export async function sameBothWays<T>(
  provider: Script,
  call: (to: Destination) => Promise<T>,
  options: StageOptions = {},
): Promise<Passed<T>> {
  await using stage = await startStage(provider, options);
  const { primary, secondary, proxy } = stage;
  const expected = await call({ url: primary.url, model: "model-a" });
  const direct = primary.requests.map(received);
  const result = await call({ url: proxy.url, model: "assistant" });
  const requests = primary.requests.slice(direct.length).map(received);
  assert.deepEqual(result, expected);
  assert.deepEqual(requests, direct);
  assert.equal(secondary.connections, 0);
  return { result, requests };
}

/** The request lines. */
export function linesOf({ requests }: Passed<unknown>): string[] {
  return requests.map(({ line }) => line);
}

/** The JSON body of a request. */
export function jsonOf({ requests }: Passed<unknown>, index = 0): unknown {
  return JSON.parse(Buffer.from(requests[index]?.body ?? "", "latin1").toString());
}

function received(request: SeenRequest): Received {
  const { "transfer-encoding": _perHop, ...headers } = headersOf(request);
  const type = headers["content-type"];
  const body = Buffer.from(request.body).toString("latin1");
  const line = `${request.method} ${request.target}`;
  const boundary = /^multipart\/form-data;.*boundary=(\S+)/.exec(type ?? "")?.[1];
  if (type === undefined || boundary === undefined) return { line, headers, body };
  const without = (text: string) => text.replaceAll(boundary, "BOUNDARY");
  return {
    line,
    headers: { ...headers, "content-type": without(type) },
    body: without(body),
  };
}
