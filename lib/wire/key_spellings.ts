/** Whether a text of a request's head holds a key, in any spelling that a server would read. */

/** What is shorter may be part of any text. */
const HELD_FROM_CHARACTERS = 8;

/** Keys to look for. */
export class KeySpellings {
  readonly #keys: readonly Spelling[];

  /** @param keys those under 8 characters are not looked for */
  constructor(keys: readonly string[]) {
    const long = keys.filter((key) => key.length >= HELD_FROM_CHARACTERS);
    this.#keys = [...new Set(long)].map((key) => ({
      lower: key.toLowerCase(),
      plain: key,
      base64: base64PartsOf(key),
    }));
  }

  /** Whether a value holds one: as it is, percent-encoded however often, or within Base64 (RFC 4648) of any text. */
  in(text: string): boolean {
    if (this.#keys.length === 0 || text.length < HELD_FROM_CHARACTERS) return false;
    const readings = decodings(text);
    const base64 = readings.map((reading) => reading.replaceAll("-", "+").replaceAll("_", "/"));
    return this.#keys.some((key) => {
      return readings.some((reading) => reading.includes(key.plain)) ||
        key.base64.some((part) => base64.some((reading) => reading.includes(part)));
    });
  }

  /** Whether a header's name holds one, in any case. */
  inName(name: string): boolean {
    if (name.length < HELD_FROM_CHARACTERS) return false;
    const lower = name.toLowerCase();
    return this.#keys.some((key) => lower.includes(key.lower));
  }
}

interface Spelling {
  readonly plain: string;
  readonly lower: string;
  /** What Base64 of any text with the key in it holds: one part for each way in which its bytes may fall. */
  readonly base64: readonly string[];
}

function base64PartsOf(key: string): readonly string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(key));
  return [0, 1, 2].map((before) => {
    const whole = btoa("\0".repeat(before) + bytes).replace(/=+$/, "");
    // Signs that tell of neighbouring bytes, too, are left out.
    const first = Math.ceil(before * 8 / 6);
    return whole.slice(first, Math.floor((before + bytes.length) * 8 / 6));
  });
}

/** More often than anybody encodes. */
const MOST_DECODINGS = 4;

/** The text as it is, and as it is once decoded, and twice … */
function decodings(text: string): readonly string[] {
  const readings = [text];
  for (let reading = text; readings.length <= MOST_DECODINGS;) {
    const decoded = percentDecoded(reading);
    if (decoded === reading) break;
    readings.push(reading = decoded);
  }
  return readings;
}

/** What percent-encoding stands for, one character a byte; what is no encoding stays. */
export function percentDecoded(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/%([\da-f]{2})/gi, (_, code: string) => {
    return String.fromCharCode(parseInt(code, 16));
  });
}
