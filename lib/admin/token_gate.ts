/** Who may see the dashboard where it has a token: who knows it, or has shown it before. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { RecentMap } from "../state/recent_map.ts";
import type { RawHeaders } from "../wire/headers.ts";
import { valuesOf } from "./guard.ts";
import { peerGroup } from "./peer_group.ts";

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

/** Of one request; a browser sends those of its longest path first. */
const MOST_COOKIES = 8;

/** Wrong tokens are answered later and later: 0.2 s, doubling up to 30 s. */
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 30_000;
const MOST_PEERS = 1_000;

/**
 * Wrong ones from wherever they come: more than a burst of them, and more than one a second, make
 * the next wrong one wait, of a peer that has not shown the token before: for 0.05 s each and up to 5 s.
 */
const BURST = 20;
const FORGOTTEN_A_SECOND = 1;
const DELAY_EACH_MS = 50;
const LONGEST_COMMON_DELAY_MS = 5_000;
const MOST_COUNTED = 1_000;

/** Wrong guesses that wait for their answer, of one peer and in all; more are told at once. */
const MOST_WAITING_OF_PEER = 10;
const MOST_WAITING = 200;

/** Where a browser sends the cookie to. */
export interface CookieTerms {
  readonly path: string;
  /** Over TLS alone. */
  readonly isSecure: boolean;
}

interface Session {
  /** Of the token it was opened with: another token ends it. */
  readonly digest: string;
  seenMs: number;
}

/** Guesses of one peer. */
interface Guesses {
  wrong: number;
  waiting: number;
  /** Whether the token has come from there. */
  isKnown: boolean;
}

export class TokenGate {
  readonly #options: TokenGateOptions;
  readonly #sessions = new RecentMap<Session>(MOST_SESSIONS);
  readonly #guesses = new RecentMap<Guesses>(MOST_PEERS);
  #waiting = 0;
  /** Wrong guesses that are not forgotten yet, at that time. */
  #wrong = 0;
  #wrongAtMs = 0;

  constructor(options: TokenGateOptions) {
    this.#options = options;
  }

  /** Whether a cookie of the request's is that of an open session; a browser may have one for each path. */
  hasSession(headers: RawHeaders, token: string): boolean {
    return this.#cookiesOf(headers).some((id) => this.#isOpen(id, token));
  }

  #isOpen(id: string, token: string): boolean {
    const session = this.#sessions.touch(id);
    if (session === undefined || session.digest !== digestOf(token).toString("hex")) return false;
    const now = this.#options.monotonicMs();
    if (now - session.seenMs > SESSION_MS) return false;
    session.seenMs = now;
    return true;
  }

  /**
   * Whether a guess is the token. The right one is answered at once, always: behind a proxy of TLS all
   * come from one peer, and nobody's guesses may keep the operator out. A wrong one waits. That the right
   * one does not tells a guesser who sends many at a time, and waits for none, which it was, as any answer
   * would; against that the token has to be long.
   */
  async isToken(guess: string, { token, peer }: { token: string; peer: string }): Promise<boolean> {
    const guesses = this.#guessesOf(peerGroup(peer));
    const isRight = timingSafeEqual(digestOf(guess), digestOf(token));
    if (isRight) {
      Object.assign(guesses, { wrong: 0, isKnown: true });
      return true;
    }
    this.#noteWrong(guesses);
    const delayMs = this.#delayMs(guesses);
    if (this.#mayWait(guesses)) await this.#keepWaiting(guesses, delayMs);
    return false;
  }

  #noteWrong(guesses: Guesses): void {
    guesses.wrong++;
    this.#wrong = Math.min(MOST_COUNTED, this.#wrongNow() + 1);
    this.#wrongAtMs = this.#options.monotonicMs();
  }

  #wrongNow(): number {
    const passedMs = this.#options.monotonicMs() - this.#wrongAtMs;
    return Math.max(0, this.#wrong - FORGOTTEN_A_SECOND * passedMs / 1000);
  }

  #delayMs({ wrong, isKnown }: Guesses): number {
    const own = wrong === 0 ? 0 : delayAfter(wrong);
    const over = isKnown ? 0 : Math.max(0, this.#wrongNow() - BURST);
    return Math.max(own, Math.min(LONGEST_COMMON_DELAY_MS, over * DELAY_EACH_MS));
  }

  #mayWait({ waiting }: Guesses): boolean {
    return waiting < MOST_WAITING_OF_PEER && this.#waiting < MOST_WAITING;
  }

  async #keepWaiting(guesses: Guesses, delayMs: number): Promise<void> {
    guesses.waiting++;
    this.#waiting++;
    await this.#options.wait(delayMs);
    guesses.waiting--;
    this.#waiting--;
  }

  /** Opens a session; gives the `Set-Cookie` that carries it. */
  open(token: string, { path, isSecure }: CookieTerms = { path: "/", isSecure: false }): string {
    const id = randomBytes(32).toString("hex");
    const digest = digestOf(token).toString("hex");
    this.#sessions.set(id, { digest, seenMs: this.#options.monotonicMs() });
    const terms = `Path=${path}; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}`;
    return `${this.#cookieName}=${id}; ${terms}${isSecure ? "; Secure" : ""}`;
  }

  get #cookieName(): string {
    return `llm-proxy-${this.#options.port}`;
  }

  #cookiesOf(headers: RawHeaders): string[] {
    const start = `${this.#cookieName}=`;
    const cookies = valuesOf(headers, "cookie").flatMap((value) => value.split(/;\s*/));
    const own = cookies.filter((cookie) => cookie.startsWith(start));
    return own.slice(0, MOST_COOKIES).map((cookie) => cookie.slice(start.length));
  }

  #guessesOf(peer: string): Guesses {
    const known = this.#guesses.touch(peer);
    if (known !== undefined) return known;
    const guesses = { wrong: 0, waiting: 0, isKnown: false };
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
