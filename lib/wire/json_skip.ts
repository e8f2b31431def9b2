import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  fault,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipScalar,
  skipSpace,
  skipString,
} from "./json_token.ts";

/** A value being skipped: the body and the containers open at this point of it. */
interface Walk {
  readonly body: Uint8Array;
  readonly open: OpenContainers;
}

/**
 * The end of the value at `start`, whatever it holds, or a fault. It loops instead of recursing and
 * keeps one bit a level: five million brackets are as harmless as five.
 */
export function skipValue(body: Uint8Array, start: number): number {
  return isOpening(body[start]) ? skipContainer(body, start) : skipScalar(body, start);
}

function skipContainer(body: Uint8Array, start: number): number {
  const walk: Walk = { body, open: new OpenContainers() };
  let at = start;
  do {
    at = descend(walk, at);
    if (at >= 0) at = ascend(walk, at);
  } while (at >= 0 && walk.open.depth > 0);
  return at;
}

/** The end of the key that must be at `at`, or a fault. */
export function skipKey(body: Uint8Array, at: number): number {
  return body[at] === QUOTE ? skipString(body, at) : fault(at);
}

/** From the end of a key over its colon to the start of its value, or a fault (one given too). */
export function skipColon(body: Uint8Array, keyEnd: number): number {
  if (keyEnd < 0) return keyEnd;
  const at = skipSpace(body, keyEnd);
  return body[at] === COLON ? skipSpace(body, at + 1) : fault(at);
}

/** Into every container that starts here, and over the first value that holds no other. */
function descend({ body, open }: Walk, start: number): number {
  let at = start;
  while (at >= 0 && isOpening(body[at])) {
    const isObject = body[at] === OPEN_BRACE;
    const inside = skipSpace(body, at + 1);
    if (body[inside] === closing(isObject)) return inside + 1;
    open.push(isObject);
    at = isObject ? skipColon(body, skipKey(body, inside)) : inside;
  }
  return at < 0 ? at : skipScalar(body, at);
}

/** From the end of a value out of every container that ends here, to the next value if there is one. */
function ascend({ body, open }: Walk, valueEnd: number): number {
  let end = valueEnd;
  while (open.depth > 0) {
    const at = skipSpace(body, end);
    if (body[at] === COMMA) {
      const next = skipSpace(body, at + 1);
      return open.innermostIsObject ? skipColon(body, skipKey(body, next)) : next;
    }
    if (body[at] !== closing(open.innermostIsObject)) return fault(at);
    open.pop();
    end = at + 1;
  }
  return end;
}

function isOpening(byte: number | undefined): boolean {
  return byte === OPEN_BRACE || byte === OPEN_BRACKET;
}

function closing(isObject: boolean): number {
  return isObject ? CLOSE_BRACE : CLOSE_BRACKET;
}

/** What V8 keeps in a number without allocating it. */
const BITS_PER_WORD = 30;

/** A stack of "object or array", a bit each. The innermost levels are in `#word`, the rest spilled. */
class OpenContainers {
  readonly #spilled: number[] = [];
  #word = 0;
  depth = 0;

  get innermostIsObject(): boolean {
    return (this.#word & 1) === 1;
  }

  push(isObject: boolean): void {
    if (this.depth > 0 && this.depth % BITS_PER_WORD === 0) {
      this.#spilled.push(this.#word);
      this.#word = 0;
    }
    this.#word = (this.#word << 1) | (isObject ? 1 : 0);
    this.depth++;
  }

  pop(): void {
    this.#word >>>= 1;
    this.depth--;
    if (this.depth > 0 && this.depth % BITS_PER_WORD === 0) this.#word = this.#spilled.pop() ?? 0;
  }
}
