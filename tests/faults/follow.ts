/** A caller, a backend and a record, followed through one request that does not go as it should. */
import assert from "node:assert/strict";
import type { Entry } from "../../lib/record/entry.ts";
import { type Caller, connectTo, type RawReply, type RawRequest, requestBytes } from "../caller.ts";
import type { Exchange, Script } from "../peer.ts";
import type { Line } from "./answers.ts";

/** A backend that sends some bytes, goes on when it is told to, and tells when it is let go. */
export interface Pausing {
  readonly script: Script;
  goOn(): void;
  /** Resolves when the proxy ends the connection of the first request. */
  readonly gone: Promise<void>;
}

export function pausing(start: string | Uint8Array, then: Script = () => {}): Pausing {
  const paused = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const script = async (exchange: Exchange) => {
    exchange.gone.then(gone.resolve);
    await exchange.write(start);
    await paused.promise;
    await then(exchange);
  };
  return { script, goOn: paused.resolve, gone: gone.promise };
}

export interface Followed {
  readonly got: RawReply;
  /** The request's log file. */
  readonly log: string;
}

/** Asks, does something meanwhile, and waits for the reply's end and its record. */
export async function follow(
  line: Line,
  request: RawRequest,
  meanwhile: (caller: Caller) => unknown = () => {},
): Promise<Followed> {
  const ended = nextEnd(line);
  await using caller = await connectTo(line.proxy.url);
  await caller.send(requestBytes(request));
  await meanwhile(caller);
  const got = await caller.reply(request.method);
  return { got, log: await logOf(line, await ended) };
}

/** The record of the request that ends next. */
export function nextEnd({ proxy }: Pick<Line, "proxy">): Promise<Entry> {
  const { promise, resolve } = Promise.withResolvers<Entry>();
  const unwatch = proxy.state.journal.watch({ onAttempt: () => {}, onEnd: resolve });
  return promise.finally(unwatch);
}

export async function logOf({ proxy }: Line, { arrival: { id } }: Entry): Promise<string> {
  const logs = await proxy.logs();
  return logs.find((log) => log.startsWith(`llm-proxy request ${id}\n`)) ??
    assert.fail(`no log of request ${id}`);
}

/** What a log says of each attempt: `primary: error code: status 429 …; fallback; the route cools …`. */
export function attemptsIn(log: string): string[] {
  const attempts = log.matchAll(
    /^== attempt \d+: (?<name>\S+) .*\n(?:.*\n)*?decision +(?<decision>.*)\nreason +(?<reason>.*)$/gm,
  );
  return [...attempts].map(({ groups }) =>
    `${groups?.name}: ${groups?.reason}; ${groups?.decision}`
  );
}

/** What a log says of the end, a line each. */
export function endingIn(log: string): string[] {
  return log.split("\n== ending\n")[1]?.trimEnd().split("\n") ?? [];
}

/** Sends a piece that often, or until the proxy is gone, as fast as it is taken. */
export async function pour(
  { write, gone }: Exchange,
  piece: string | Uint8Array,
  times: number,
): Promise<void> {
  let over = false;
  gone.then(() => over = true);
  for (let sent = 0; sent < times && !over; sent++) {
    await Promise.race([write(piece), gone]);
    // A connection that is gone takes everything at once: let it say so.
    if (sent % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** Resolves if that happens within a second, as the catalogue asks. */
export function withinASecond(what: string, event: Promise<unknown>): Promise<void> {
  return within(1, what, event);
}

/** Resolves if that happens in time, else rejects, so that a test fails instead of hanging. */
export async function within(
  seconds: number,
  what: string,
  event: Promise<unknown>,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${seconds} s: ${what}`)), seconds * 1000);
  });
  await Promise.race([event, late]).finally(() => clearTimeout(timer));
}
