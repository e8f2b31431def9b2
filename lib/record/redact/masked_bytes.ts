/** A text with what was found in it masked. */
import type { Find } from "./finds.ts";

/** Bytes as they may be shown, and whether anything in them was masked. */
export interface MaskedBytes {
  readonly bytes: Uint8Array;
  readonly masked: boolean;
}

/** Up to here a loop copies faster than a call. */
const SHORT_BYTES = 48;
/** So many finds are masked between two yields. */
const STEP_FINDS = 16_384;

/**
 * The text's start, up to `shownBytes`, with what begins in it masked as a whole. Yields between steps.
 *
 * @param finds in order, none in another
 */
export function* maskedBytes(
  bytes: Uint8Array,
  finds: readonly Find[],
  shownBytes: number = bytes.length,
): Generator<void, MaskedBytes> {
  const shown = Math.min(shownBytes, bytes.length);
  const changes = finds.filter((find) => find.start < shown && !isMasked(bytes, find));
  if (changes.length === 0) return { bytes: bytes.subarray(0, shown), masked: false };
  const out = new Uint8Array(changes.reduce((sum, { mask }) => sum + mask.length, shown));
  let [kept, length] = [0, 0];
  for (let index = 0; index < changes.length; index++) {
    const { start, end, mask } = changes[index]!;
    length = copy(bytes, { from: kept, to: start }, out, length);
    // A mask is made of what stood there, one character a byte.
    for (let place = 0; place < mask.length; place++) out[length++] = mask.charCodeAt(place);
    kept = end;
    if (index % STEP_FINDS === STEP_FINDS - 1) yield;
  }
  if (kept < shown) length = copy(bytes, { from: kept, to: shown }, out, length);
  return { bytes: out.subarray(0, length), masked: true };
}

function copy(
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
  out: Uint8Array,
  at: number,
): number {
  if (to - from > SHORT_BYTES) out.set(bytes.subarray(from, to), at);
  else for (let index = from; index < to; index++) out[at + index - from] = bytes[index]!;
  return at + to - from;
}

/** Whether the place already shows its mask. */
function isMasked(bytes: Uint8Array, { start, end, mask }: Find): boolean {
  if (end - start !== mask.length) return false;
  let index = 0;
  while (index < mask.length && bytes[start + index] === mask.charCodeAt(index)) index++;
  return index === mask.length;
}
