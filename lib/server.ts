/** Accepts requests: the door, our own endpoints, and the one catch-all; listens and drains. */
import { listen } from "./listener/listen.ts";
import type { Listener, PortSharing } from "./listener/listener.ts";
import type { KnownCaller, ListenAddress, Snapshot } from "./config/snapshot.ts";
import { dialectOf } from "./dialect/dialect.ts";
import { enter, type TurnedAway } from "./door.ts";
import { type Asked, ownEndpoint } from "./own_endpoints.ts";
import { isRestricted } from "./policy/allowance.ts";
import { broken } from "./respond.ts";
import { route } from "./router.ts";
import type { State } from "./state/state.ts";
import { readTrustedRoots } from "./system/trusted_roots.ts";
import type { CallerResponse } from "./wire/caller_response.ts";
import { headerValue } from "./wire/headers.ts";
import type { Incoming } from "./wire/incoming.ts";
import { withoutDoubledSlashes } from "./wire/join_url.ts";
import { type OwnAnswer, problemAnswer } from "./wire/own_answer.ts";
import { pathOf } from "./wire/receive.ts";
import { isUpload, UPLOAD_START_BYTES } from "./wire/upload.ts";

export interface ServerOptions {
  /** The configuration in force; read once a request. */
  readonly current: () => Snapshot;
  readonly state: State;
  /** How long the drain waits for logs that a stuck disk or terminal does not take. Default 5000. */
  readonly flushMs?: number;
  /** Default the only one. */
  readonly part?: LoopPart;
}

/** Which of the event loops that share a port this is. */
export type LoopPart =
  | { readonly kind: "only" }
  | {
    readonly kind: "main";
    readonly loops: number;
    /** Resolves when the others have drained, and what they had to record has come here. */
    readonly drainOthers: (drainMs: number) => Promise<void>;
  }
  /** @property port what the main one listens on */
  | { readonly kind: "other"; readonly loops: number; readonly port: number };

const ONLY: LoopPart = { kind: "only" };

export interface RunningServer {
  /** Where callers reach it, such as `http://127.0.0.1:8080`; loopback for all interfaces. */
  readonly url: string;
  readonly port: number;
  /**
   * Refuses new connections and lets responses end. What has not ended after `drainMs` is cut.
   * Resolves when every record is written, or the logs have been stuck for too long.
   */
  drain(drainMs: number): Promise<void>;
}

/**
 * Listens where the configuration says.
 *
 * @throws {ListenError} where the operating system refuses
 */
export async function startServer(
  { current, state, flushMs = 5_000, part = ONLY }: ServerOptions,
): Promise<RunningServer> {
  const { listen: address, tls } = current();
  readTrustedRoots();
  state.storedIds.configure(current());
  state.metrics.configure(current());
  state.journal.configure(current());
  state.history.configure(current());
  const listener = await listen({
    address: addressOf(address, part),
    sharing: sharingOf(part),
    tls: () => current().tls,
    handler: (incoming) => handle(incoming, { snapshot: current(), state }),
    isOwn: (ends) => state.ownConnections.isOwn(ends),
    onFault: (line) => state.log.error(line),
    onRefused: (line, { caller, why }) => {
      state.refusals.note({ caller, kind: why, line: () => line });
    },
  });
  return {
    url: `${tls === undefined ? "http" : "https"}://${
      authorityOf(address.hostname, listener.port)
    }`,
    port: listener.port,
    drain: (drainMs) => drain(listener, state, { drainMs, flushMs, part }),
  };
}

function addressOf(address: ListenAddress, part: LoopPart): ListenAddress {
  return part.kind === "other" ? { ...address, port: part.port } : address;
}

function sharingOf(part: LoopPart): PortSharing | undefined {
  if (part.kind === "only") return undefined;
  return { loops: part.loops, isFirst: part.kind === "main" };
}

interface Context {
  readonly snapshot: Snapshot;
  readonly state: State;
}

/** Whatever is thrown before a request has its record: it gets one, and its caller an answer. */
async function handle(given: Incoming, context: Context): Promise<CallerResponse> {
  const target = withoutDoubledSlashes(given.target);
  const incoming = target === given.target ? given : { ...given, target };
  try {
    return await answered(incoming, context);
  } catch (cause) {
    const entry = context.state.journal.open(incoming, context.snapshot);
    const nobody = { caller: undefined, keyPlace: undefined };
    return broken({ ...context, ...nobody, incoming, entry }, cause);
  }
}

function answered(
  incoming: Incoming,
  context: Context,
): CallerResponse | Promise<CallerResponse> {
  const entrance = enter(incoming, context);
  const shown = (answer: OwnAnswer) => {
    return context.state.journal.shown(answer, { ...incoming, snapshot: context.snapshot });
  };
  if (entrance.kind === "turned_away") return shown(turnAway(incoming, entrance, context));
  const { caller, keyPlace, incoming: { method, headers, target } } = entrance;
  const asked = { method, headers, path: pathOf(target) };
  const visit = { ...context, caller, keyPlace };
  const own = ownEndpoint(asked, visit);
  if (own !== undefined) return shown(own);
  const overload = context.state.load.refusal(
    context.snapshot.limits,
    bytesToHold(asked, visit.caller),
  );
  if (overload !== undefined) return problemAnswer(overload, dialectOf(asked.path, headers));
  return route(entrance.incoming, visit);
}

/** How much is held of what a request says that it will bring: of an upload that nobody reads, its start. */
function bytesToHold({ path, headers }: Asked, caller: KnownCaller | undefined): number {
  const announced = Number(headerValue(headers, "content-length") ?? 0) || 0;
  const isLarge = announced > UPLOAD_START_BYTES;
  return isLarge && !isRestricted(caller) && isUpload(path, headers)
    ? UPLOAD_START_BYTES
    : announced;
}

function turnAway(
  incoming: Incoming,
  { problem, presented }: TurnedAway,
  { state }: Context,
): OwnAnswer {
  const { caller, method, target, headers } = incoming;
  state.refusals.turnedAway({ caller, method, target, problem, presented });
  return problemAnswer(problem, dialectOf(pathOf(target), headers));
}

async function drain(
  listener: Listener,
  { journal, history, storedIds, pools, refusals, log }: State,
  { drainMs, flushMs, part }: Required<Pick<ServerOptions, "flushMs" | "part">> & {
    readonly drainMs: number;
  },
): Promise<void> {
  const others = part.kind === "main" ? part.drainOthers(drainMs) : undefined;
  await within(listener.close(), drainMs);
  journal.endOpen("the proxy was stopped");
  listener.destroy();
  refusals.close();
  await pools.destroy();
  await others;
  if (part.kind !== "other") log.info("Stopped.");
  const written = Promise.all([
    journal.flush().then(() => journal.close()),
    history.flush(),
    storedIds.flush(),
  ]);
  await within(written.then(() => log.flush()), flushMs);
  history.close();
}

function authorityOf(hostname: string, port: number): string {
  const shown = ["", "0.0.0.0", "::"].includes(hostname) ? "127.0.0.1" : hostname;
  return `${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}

async function within(promise: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}
