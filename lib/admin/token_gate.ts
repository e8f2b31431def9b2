/** Who may see the dashboard where it has a token: who knows it, or has shown it before. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { RecentMap } from "../state/recent_map.ts";
import type { RawHeaders } from "../wire/headers.ts";
import { valuesOf } from "./guard.ts";

export interface TokenGateOptions {
  readonly monotonicMs: () => number;
  /** Resolves that much later. */
  readonly wait: (ms: number) => Promise<void>;
  /** Cookies are shared among the ports of a host: this one's has its port in its name. */
  readonly port: number;
}

/** How long a browser stays in after it was last seen. */
const SESSION_MS = 7 * 24 * 60 * 60 * 1000;
const MOST_SESSIONS = 100;

/** Wrong tokens are answered later and later: 0.2 s, doubling up to 30 s. */
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 30_000;
const MOST_PEERS = 1_000;

/** Guesses of one peer that wait for their answer, at most. */
const MOST_WAITING = 10;

interface Session {
  /** Of the token it was opened with: another token ends it. */
  readonly digest: string;
  seenMs: number;
}

/** Guesses of one peer, which are answered one after another. */
interface Guesses {
  wrong: number;
  waiting: number;
  turn: Promise<void>;
}

export class TokenGate {
  readonly #options: TokenGateOptions;
  readonly #sessions = new RecentMap<Session>(MOST_SESSIONS);
  readonly #guesses = new RecentMap<Guesses>(MOST_PEERS);

  constructor(options: TokenGateOptions) {
    this.#options = options;
  }

  /** Whether the request's cookie is that of an open session. */
  hasSession(headers: RawHeaders, token: string): boolean {
    const session = this.#sessions.touch(this.#cookieOf(headers));
    if (session === undefined || session.digest !== digestOf(token).toString("hex")) return false;
    const now = this.#options.monotonicMs();
    if (now - session.seenMs > SESSION_MS) return false;
    session.seenMs = now;
    return true;
  }

  /** Whether a guess is the token; a wrong one, and whatever its peer sends after it, has to wait. */
  async isToken(guess: string, { token, peer }: { token: string; peer: string }): Promise<boolean> {
    const guesses = this.#guessesOf(peer);
    if (guesses.waiting >= MOST_WAITING) return false;
    guesses.waiting++;
    const before = guesses.turn;
    const mine = Promise.withResolvers<void>();
    guesses.turn = mine.promise;
    await before;
    const isRight = timingSafeEqual(digestOf(guess), digestOf(token));
    if (!isRight) guesses.wrong++;
    if (guesses.wrong > 0) await this.#options.wait(delayAfter(guesses.wrong));
    if (isRight) guesses.wrong = 0;
    guesses.waiting--;
    mine.resolve();
    return isRight;
  }

  /** Opens a session; gives the `Set-Cookie` that carries it. */
  open(token: string): string {
    const id = randomBytes(32).toString("hex");
    const digest = digestOf(token).toString("hex");
    this.#sessions.set(id, { digest, seenMs: this.#options.monotonicMs() });
    const terms = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}`;
    return `${this.#cookieName}=${id}; ${terms}`;
  }

  get #cookieName(): string {
    return `llm-proxy-${this.#options.port}`;
  }

  #cookieOf(headers: RawHeaders): string {
    const start = `${this.#cookieName}=`;
    const cookies = valuesOf(headers, "cookie").flatMap((value) => value.split(/;\s*/));
    return cookies.find((cookie) => cookie.startsWith(start))?.slice(start.length) ?? "";
  }

  #guessesOf(peer: string): Guesses {
    const known = this.#guesses.touch(peer);
    if (known !== undefined) return known;
    const guesses = { wrong: 0, waiting: 0, turn: Promise.resolve() };
    this.#guesses.set(peer, guesses);
    return guesses;
  }
}

function delayAfter(wrong: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (wrong - 1));
}

/** Of one length, so that the comparison takes the same time whatever was sent. */
function digestOf(text: string) {
  return createHash("sha256").update(text).digest();
}

/** The token of `Authorization: Bearer`, empty where there is none. */
export function bearerOf(headers: RawHeaders): string {
  return /^bearer\s+(?<token>\S+)$/i.exec(valuesOf(headers, "authorization").join())
    ?.groups?.token ?? "";
}
