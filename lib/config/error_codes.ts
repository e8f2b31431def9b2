import type { Parsed } from "./parsed.ts";

const WANTED = 'must be a status from 400 to 599: 429, "5xx" or "500-503"';

/** The statuses of one `detection.error_codes` entry: `429`, `"429"`, `"5xx"` or `"500-503"`. */
export function parseErrorCodes(entry: number | string): Parsed<readonly number[]> {
  const [low, high] = bounds(String(entry));
  if (!(low >= 400 && low <= high && high <= 599)) return { ok: false, reason: WANTED };
  return { ok: true, value: Array.from({ length: high - low + 1 }, (_, index) => low + index) };
}

function bounds(text: string): readonly [number, number] {
  const { family, low, high } =
    /^(?:(?<family>\d)xx|(?<low>\d{3})(?:-(?<high>\d{3}))?)$/i.exec(text)?.groups ?? {};
  if (family !== undefined) return [Number(family) * 100, Number(family) * 100 + 99];
  return [Number(low), Number(high ?? low)];
}
