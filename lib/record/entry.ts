/** One request's record, built as it goes and written once at the end. */
import type { Snapshot } from "../config/snapshot.ts";
import type { Problem } from "../dialect/dialect.ts";
import type { Usage } from "../dialect/usage.ts";
import type { PassedOver } from "../policy/exhausted.ts";
import type { Call, Refusal } from "../policy/identify.ts";
import type { SecondChoice } from "../policy/departure.ts";
import type { Standing } from "../policy/plan.ts";
import type { Ticket } from "../state/health.ts";
import { headersForCaller, type RawHeaders } from "../wire/headers.ts";
import type { Reply } from "../wire/outcome.ts";
import type { OwnAnswer } from "../wire/own_answer.ts";
import type { Received } from "../wire/receive.ts";
import type { Ending } from "../wire/relay.ts";
import { type AttemptRecord, isFailedReply, type Tried } from "./attempt_record.ts";
import { BodyCapture } from "./body_capture.ts";
import type { EntryEnding, LateRecord } from "./entry_ending.ts";
import type { EntryWatcher } from "./entry_watcher.ts";
import { keyName } from "./key_names.ts";
import { type NextStep, stepTo, UNKNOWN_STEP } from "./next_step.ts";
import { ReplyNotes } from "./reply_notes.ts";

export type { AttemptRecord, EntryEnding, EntryWatcher, LateRecord };

/** The answer the caller got. */
export type Answered =
  | { readonly by: "backend"; readonly backend: string; readonly model: string }
  | { readonly by: "proxy"; readonly problem: Problem };

export interface ResponseRecord {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly answered: Answered;
  /** The attempt whose reply this is; undefined for an answer of ours. */
  readonly attempt: AttemptRecord | undefined;
  readonly committedMs: number;
  readonly body: BodyCapture;
}

export interface Arrival {
  readonly id: string;
  readonly receivedAt: Date;
  /** Address and port of the peer. */
  readonly caller: string;
  /** What the configuration calls it; empty where nobody needs to say who calls. */
  readonly callerName: string;
  readonly method: string;
  readonly target: string;
  readonly headers: RawHeaders;
  readonly snapshot: Snapshot;
}

export class Entry {
  readonly arrival: Arrival;
  readonly attempts: AttemptRecord[] = [];
  /** Undefined until the request has come in; of an upload, what has come so far. */
  requestBody: BodyCapture | undefined;
  call: Call | undefined;
  /** Why the plan began where it did; empty where nothing but the configuration and chance decided. */
  affinity = "";
  /** The routes that came last for what happened to the conversation there. */
  secondChoices: readonly SecondChoice[] = [];
  passedOver: readonly PassedOver[] = [];
  response: ResponseRecord | undefined;
  ending: EntryEnding | undefined;
  /** What the cooldowns of its attempts were shortened to; undefined where they were not. */
  easedMs: number | undefined;
  /** Undefined where nothing went wrong after the commit. */
  late: LateRecord | undefined;
  /** What state/load.ts has given its body of the memory there is; undefined where it counts nothing. */
  roomBytes: number | undefined;
  /** The path of its log, once it is over; empty where none is kept. */
  logFile = "";
  #followed: AttemptRecord | undefined;
  readonly #elapsedMs: () => number;
  readonly #watcher: EntryWatcher;

  constructor(arrival: Arrival, elapsedMs: () => number, watcher: EntryWatcher) {
    this.arrival = arrival;
    this.#elapsedMs = elapsedMs;
    this.#watcher = watcher;
  }

  /** Milliseconds since the request arrived. */
  elapsedMs(): number {
    return this.#elapsedMs();
  }

  /** What the answer cost, as far as its backend has said by now. */
  get usage(): Usage | undefined {
    return this.response?.attempt?.notes.usage();
  }

  /** An attempt begins; what is seen of its reply goes into its notes. */
  beginning(ticket: Ticket): ReplyNotes {
    const before = this.attempts.at(-1);
    if (before !== undefined) this.#goesOn(stepTo(ticket, before));
    return new ReplyNotes(this.#elapsedMs);
  }

  /** The request has come in and was understood, or refused. */
  identified(received: Received, call: Call | Refusal): void {
    const capture = this.#capture();
    capture.add(received.coded?.bytes ?? received.body);
    received.rest?.observe((chunk) => capture.add(chunk));
    this.requestBody = capture;
    if (call.kind === "call") this.call = call;
  }

  /** The routes have been put in order. */
  planned({ home, secondChoices }: Pick<Standing, "home" | "secondChoices">): void {
    this.secondChoices = secondChoices;
    if (home !== undefined) this.affinity = `${home.backend}: ${home.why}`;
  }

  /** No route is left. */
  exhausted({ passedOver, easedMs }: Pick<Entry, "passedOver" | "easedMs">): void {
    this.passedOver = passedOver;
    this.easedMs = easedMs;
    this.#goesOn({ kind: "none", passedOver });
  }

  /** An attempt has been judged. */
  attempted({ route, key, kind, drill }: Ticket, tried: Tried): AttemptRecord {
    const { request, startedMs, notes, outcome, verdict, change } = tried;
    const errorBody = this.#capture();
    if (isFailedReply(outcome, verdict)) errorBody.add(outcome.body.peek());
    const attempt: AttemptRecord = {
      backend: route.backend.name,
      model: route.model,
      key: keyName(route.backend, key),
      kind,
      url: request.origin + request.target,
      startedMs,
      judgedMs: this.#elapsedMs(),
      outcome,
      verdict,
      change,
      next: UNKNOWN_STEP,
      notes,
      drill: drill?.kind,
      errorBody,
    };
    this.attempts.push(attempt);
    this.#watcher.onAttempt(this, attempt);
    return attempt;
  }

  /** A reply is being relayed; its body is captured as it passes. */
  relaying(reply: Reply): BodyCapture {
    const attempt = this.attempts.find(({ outcome }) => outcome === reply);
    const { backend, model } = attempt ?? { backend: "", model: "" };
    const headers = headersForCaller(reply);
    return this.#responding(reply.status, headers, { by: "backend", backend, model }, attempt);
  }

  /** The answer is ours. */
  answering(problem: Problem, { status, headers, body }: OwnAnswer): void {
    const capture = this.#responding(status, headers, { by: "proxy", problem });
    capture.add(body);
    this.ended({ kind: "complete", bytes: body.length, detail: "" });
  }

  /** The request is over; only the first ending counts. */
  ended(ending: Ending, late?: LateRecord): void {
    if (this.ending !== undefined) return;
    this.#goesOn(UNKNOWN_STEP);
    this.late = late;
    this.ending = { ...ending, atMs: this.#elapsedMs() };
    this.#watcher.onEnd(this);
  }

  /** The latest attempt was followed by this, where it failed; told once. */
  #goesOn(next: NextStep): void {
    const failed = this.attempts.at(-1);
    if (failed?.verdict.action !== "fallback" || failed === this.#followed) return;
    this.#followed = failed;
    failed.next = next;
    this.#watcher.onNext?.(this, failed);
  }

  #responding(
    status: number,
    headers: RawHeaders,
    answered: Answered,
    attempt?: AttemptRecord,
  ): BodyCapture {
    // What passes after a switch of protocols is counted, either way.
    const isSwitched = status === 101;
    if (isSwitched) this.requestBody = this.#capture({ keeps: false });
    const body = this.#capture({ keeps: !isSwitched });
    this.response = { status, headers, answered, attempt, committedMs: this.#elapsedMs(), body };
    return body;
  }

  #capture({ keeps = true } = {}): BodyCapture {
    return new BodyCapture(this.arrival.snapshot.logging.maxBodyBytes, { keeps });
  }
}
