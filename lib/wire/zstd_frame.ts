/** First four bytes of a Zstandard frame, little-endian (RFC 8878, section 3.1.1). */
const MAGIC = 0xfd2fb528;

/**
 * The length of the Zstandard frame at the start of `body`, read from its block headers alone;
 * undefined when the frame is cut short or is none (RFC 8878, sections 3.1.1 and 3.1.1.2). Needed
 * because Deno's decoder ends a truncated frame as calmly as a whole one.
 */
export function zstdFrameBytes(body: Uint8Array): number | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (body.length < 5 || view.getUint32(0, true) !== MAGIC) return undefined;
  const descriptor = view.getUint8(4);
  const blocksEnd = endOfBlocks(view, 5 + headerFieldBytes(descriptor));
  if (blocksEnd === undefined) return undefined;
  const end = blocksEnd + (descriptor & 0b100 ? 4 : 0); // a checksum follows the last block
  return end <= body.length ? end : undefined;
}

/** What stands between the frame's descriptor and its first block: window, dictionary and size. */
function headerFieldBytes(descriptor: number): number {
  const singleSegment = (descriptor & 0b10_0000) !== 0;
  const windowBytes = singleSegment ? 0 : 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 0b11] ?? 0;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return windowBytes + dictionaryBytes + sizeBytes;
}

function endOfBlocks(view: DataView, start: number): number | undefined {
  let at = start;
  while (at + BLOCK_HEADER_BYTES <= view.byteLength) {
    const { end, isLast } = blockAt(view, at);
    if (isLast) return end;
    at = end;
  }
  return undefined;
}

/** Each becomes 128 KiB at most (RFC 8878, section 3.1.1.2.4). */
const BLOCKS_IN_SLICE = 4;

/**
 * Where a slice ends that begins at `from`, at the start of the body or where another ended: after so
 * many blocks that it becomes half a megabyte at most, though four bytes may be a block.
 */
export function zstdSliceEnd(body: Uint8Array, from: number): number {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let at = from;
  if (from === 0 && body.length >= 5) at = 5 + headerFieldBytes(view.getUint8(4));
  for (let blocks = 0; blocks < BLOCKS_IN_SLICE; blocks++) {
    if (at + BLOCK_HEADER_BYTES > body.length) return body.length;
    const { end, isLast } = blockAt(view, at);
    if (isLast) return body.length;
    at = end;
  }
  return Math.min(at, body.length);
}

const BLOCK_HEADER_BYTES = 3;

function blockAt(view: DataView, at: number): { readonly end: number; readonly isLast: boolean } {
  const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  const isRepeatedByte = ((header >> 1) & 0b11) === 1;
  const end = at + BLOCK_HEADER_BYTES + (isRepeatedByte ? 1 : header >> 3);
  return { end, isLast: (header & 1) === 1 };
}
