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
  while (at + 3 <= view.byteLength) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const isRepeatedByte = ((header >> 1) & 0b11) === 1;
    at += 3 + (isRepeatedByte ? 1 : header >> 3);
    if (header & 1) return at;
  }
  return undefined;
}
