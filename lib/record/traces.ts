/**
 * A span a request and a span an attempt, through Deno's own OpenTelemetry (`OTEL_DENO=true`). They
 * are made when a request has ended, with the times it has noted: nothing of this is on its path. The
 * only importer of @opentelemetry/api.
 */
import {
  type Attributes as SpanAttributes,
  type Context,
  propagation,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { RawHeaders } from "../wire/headers.ts";
import type { AttemptRecord, Entry, EntryWatcher } from "./entry.ts";
import { relayedAttempt } from "./measures.ts";
import type { Redactor } from "./redact.ts";
import { RequestRedactors } from "./request_redactors.ts";
import {
  attemptAttributes,
  type Attributes,
  requestAttributes,
  requestName,
} from "./span_attributes.ts";
import { attemptFailure, requestFailure, type SpanFailure } from "./span_failure.ts";

/** A watcher that makes spans; undefined where nobody wants any, which then costs nothing. */
export function tracesWanted(version: string): EntryWatcher | undefined {
  if (trace.getTracerProvider() instanceof ProxyTracerProvider) return undefined;
  const tracer = trace.getTracer("llm-proxy", version);
  dropPlatformSpans(tracer.startSpan("sample"));
  // Whatever the configuration says of logs: spans leave the machine.
  const redactors = new RequestRedactors({ always: true });
  const maskFor = ({ arrival }: Entry) => maskBy(redactors.for(arrival));
  return { onAttempt: () => {}, onEnd: (entry) => traceRequest(entry, tracer, maskFor(entry)) };
}

/** What only a span that Deno makes by itself says. */
const PLATFORM_ATTRIBUTES: ReadonlySet<string> = new Set(["url.full", "url.query"]);

/**
 * Deno makes a span of its own for each request it takes in and puts the whole URL into it, `?key=`
 * included. There is no setting against that. So a span that is given a URL is never ended, and what
 * has not ended is not sent.
 */
function dropPlatformSpans(sample: Span): void {
  const prototype: Span = Object.getPrototypeOf(sample);
  const { setAttribute } = prototype;
  prototype.setAttribute = function (this: Span, key, value) {
    if (!PLATFORM_ATTRIBUTES.has(key)) return setAttribute.call(this, key, value);
    this.end = () => {};
    return this;
  };
}

function traceRequest(entry: Entry, tracer: Tracer, masked: Mask): void {
  const { arrival, ending } = entry;
  const at = (ms: number) => arrival.receivedAt.getTime() + ms;
  const span = tracer.startSpan(masked(requestName(entry)), {
    kind: SpanKind.SERVER,
    startTime: at(0),
    attributes: maskedAttributes(requestAttributes(entry), masked),
  }, callersContext(arrival.headers));
  const context = trace.setSpan(ROOT_CONTEXT, span);
  for (const attempt of entry.attempts) {
    const attemptSpan = tracer.startSpan(masked(`attempt ${attempt.backend}`), {
      kind: SpanKind.CLIENT,
      startTime: at(attempt.startedMs),
      attributes: maskedAttributes(attemptAttributes(entry, attempt), masked),
    }, context);
    fail(attemptSpan, attemptFailure(entry, attempt), masked);
    attemptSpan.end(at(endMsOf(entry, attempt)));
  }
  fail(span, requestFailure(entry), masked);
  span.end(at(ending?.atMs ?? entry.elapsedMs()));
}

/** An attempt whose reply was relayed lasts as long as that. */
function endMsOf(entry: Entry, attempt: AttemptRecord): number {
  if (attempt !== relayedAttempt(entry)) return attempt.judgedMs;
  return entry.ending?.atMs ?? attempt.judgedMs;
}

/** The caller's own span, where it sent one: then ours is a part of it. */
function callersContext(headers: RawHeaders): Context {
  return propagation.extract(ROOT_CONTEXT, headers, {
    get: (headers, key) => headers.find(([name]) => name.toLowerCase() === key)?.[1],
    keys: (headers) => headers.map(([name]) => name),
  });
}

type Mask = (text: string) => string;

function maskBy(redactor: Redactor): Mask {
  return (text) => redactor.text(text).text.slice(0, MOST_CHARACTERS);
}

const MOST_CHARACTERS = 500;

function maskedAttributes(attributes: Attributes, masked: Mask): SpanAttributes {
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    known.map(([key, value]) => [key, typeof value === "string" ? masked(value) : value]),
  );
}

function fail(span: Span, failure: SpanFailure | undefined, masked: Mask): void {
  if (failure === undefined) return;
  span.setAttribute("error.type", masked(failure.type));
  span.setStatus({ code: SpanStatusCode.ERROR, message: masked(failure.message) });
}
