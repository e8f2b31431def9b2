/** The ledger's books: what callers sent and got, against what backends got and sent. */
import { compareReplies } from "./compare_reply.ts";
import { bytesOf, compareRequests } from "./compare_request.ts";
import { conversationOf, type Exchange } from "./exchanges.ts";
import { statusOf } from "./http_message.ts";
import { isOwnAnswer } from "./own_answer.ts";
import { pair } from "./pairing.ts";
import type { TappedConnection } from "./tap.ts";
import type { Terms } from "./terms.ts";
import { shown, type Unexpected } from "./unexpected.ts";
import { unreadableAnswers, unreadableRequests } from "./unreadable.ts";

export interface Balance {
  /** Requests of callers. */
  readonly exchanges: number;
  /** Requests that backends got. */
  readonly attempts: number;
  /** Of callers' connections. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly unexpected: readonly Unexpected[];
}

export interface Books {
  readonly callers: readonly TappedConnection[];
  readonly backends: readonly { readonly origin: string; readonly connection: TappedConnection }[];
  /** Of every configuration that was in force. */
  readonly terms: readonly Terms[];
  /** The bodies of answers that the proxy calls its own, one character a byte. */
  readonly ownBodies: ReadonlySet<string>;
  /** Whether there are backends that no tap could see: then whose answer it is cannot always be told. */
  readonly hasUnseen: boolean;
}

/** A request that a backend got, and who can have asked for it. */
interface Attempt {
  readonly exchange: Exchange;
  readonly origin: string;
  readonly askers: readonly Exchange[];
}

/** Reads both sides and lists every byte that no rule explains. */
export function balance({ callers, backends, terms, ownBodies, hasUnseen }: Books): Balance {
  const asked = callers.map(conversationOf);
  const requests = asked.flatMap(({ exchanges }) => exchanges);
  const received = backends.map(({ origin, connection }) => {
    return { origin, ...conversationOf(connection) };
  });
  const attempts = received.flatMap(({ origin, exchanges }) => {
    return exchanges.map((exchange) => attemptOf(exchange, { origin, requests, terms }));
  });
  return {
    exchanges: requests.length,
    attempts: attempts.length,
    bytesSent: sum(callers.map(({ sent }) => sent.length)),
    bytesReceived: sum(callers.map(({ answered }) => answered.length)),
    unexpected: [
      ...asked.flatMap(unreadableAnswers),
      ...received.flatMap(unreadableRequests),
      ...attempts.flatMap((attempt) => unaskedFor(attempt, { requests, terms })),
      ...(hasUnseen ? [] : checkAnswers(requests, { attempts, terms, ownBodies })),
    ],
  };
}

interface Surroundings {
  readonly requests: readonly Exchange[];
  readonly terms: readonly Terms[];
}

function attemptOf(
  exchange: Exchange,
  { origin, requests, terms }: Surroundings & { readonly origin: string },
): Attempt {
  const askers = requests.filter((request) => {
    return isWithin(exchange, request) &&
      requestDiffers(request, { exchange, origin }, terms).length === 0;
  });
  return { exchange, origin, askers };
}

/** Nobody's attempt begins before its request, or after its answer. */
function isWithin(attempt: Exchange, request: Exchange): boolean {
  return attempt.begun >= request.begun && attempt.begun <= request.over;
}

/** The least difference under any configuration and any backend at that origin. */
function requestDiffers(
  asked: Exchange,
  { exchange, origin }: Pick<Attempt, "exchange" | "origin">,
  terms: readonly Terms[],
): Unexpected[] {
  const results = terms.flatMap(({ backends, callerKeys }) => {
    return backends.filter((backend) => backend.origin === origin).map((backend) =>
      compareRequests(asked.request, exchange.request, { backend, callerKeys })
    );
  });
  return least(results) ?? [];
}

function unaskedFor(attempt: Attempt, { requests, terms }: Surroundings): Unexpected[] {
  if (attempt.askers.length > 0) return [];
  const { startLine, body } = attempt.exchange.request;
  const near = requests.filter((request) => isWithin(attempt.exchange, request));
  const result = least(near.map((request) => requestDiffers(request, attempt, terms)));
  const where = `at a backend, ${shown(startLine)}`;
  if (result !== undefined) return result.map((each) => within(where, each));
  const [bytes, expected] = [startLine.length + body.length, "a request that somebody made"];
  return [{ where, at: 0, bytes, expected, got: shown(startLine) }];
}

interface AnswerContext {
  readonly attempts: readonly Attempt[];
  readonly terms: readonly Terms[];
  readonly ownBodies: ReadonlySet<string>;
}

/** Each answer is the reply to one of its attempts, and of no other request; or the proxy's own. */
function checkAnswers(requests: readonly Exchange[], context: AnswerContext): Unexpected[] {
  const answered = requests.filter(({ reply }) => reply !== undefined);
  const sources = answered.map((request) => {
    return context.attempts.filter(({ askers, exchange: { reply } }) =>
      askers.includes(request) && reply !== undefined
    );
  });
  const choices = answered.map((request, index) => {
    return (sources[index] ?? []).filter(({ exchange }) =>
      replyDiffers(request, exchange, context).length === 0
    );
  });
  const partners = pair(choices);
  return answered.flatMap((request, index) => {
    if (partners[index] !== undefined) return [];
    return foreignAnswer(request, sources[index] ?? [], context);
  });
}

function replyDiffers(
  asked: Exchange,
  { reply }: Exchange,
  { terms }: AnswerContext,
): Unexpected[] {
  if (reply === undefined || asked.reply === undefined) return [];
  const method = asked.request.startLine.split(" ")[0] ?? "";
  const tellsOfCuts = terms.some(({ tellsOfCuts }) => tellsOfCuts);
  return compareReplies(reply, asked.reply, { method, tellsOfCuts });
}

/** @param sources attempts whose replies it could have been */
function foreignAnswer(
  request: Exchange,
  sources: readonly Attempt[],
  context: AnswerContext,
): Unexpected[] {
  const { reply } = request;
  if (reply === undefined) return [];
  // Where a backend has answered, only the proxy's own word makes an answer its own.
  const own = sources.length === 0 ? new Set<string>() : context.ownBodies;
  const canBeOwn = sources.length === 0 || own.size > 0;
  if (canBeOwn && isOwnAnswer(reply, own)) return [];
  const where = `at the caller, ${statusOf(reply)} to ${shown(request.request.startLine)}`;
  const result = least(sources.map(({ exchange }) => replyDiffers(request, exchange, context)));
  if (result !== undefined && result.length > 0) return result.map((each) => within(where, each));
  const [bytes, expected] = [reply.end - reply.start, "a backend's reply, or an answer of ours"];
  const got = shown(`${reply.startLine}\n${reply.body.toString("latin1")}`);
  return [{ where, at: 0, bytes, expected, got }];
}

function within(where: string, difference: Unexpected): Unexpected {
  return { ...difference, where: `${where}: ${difference.where}` };
}

function least(results: readonly Unexpected[][]): Unexpected[] | undefined {
  return results.toSorted((a, b) => bytesOf(a) - bytesOf(b))[0];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
