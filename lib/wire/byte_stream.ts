/** One side of a connection as bytes, whoever opened it: `Deno.TcpConn` and `Deno.TlsConn` are such. */
export interface ByteStream {
  /** The next bytes, put at the start of `into`: how many, or null after the last. Rejects where it broke. */
  read(into: Uint8Array): Promise<number | null>;
  /** How many bytes of `bytes` were taken, perhaps not all. Rejects where it broke. */
  write(bytes: Uint8Array): Promise<number>;
  /** Says that nothing more will come from us; the other side may go on. */
  closeWrite(): Promise<void>;
  /** Ends it; what is pending rejects. */
  close(): void;
}

/**
 * Has all of the bytes taken.
 *
 * @param onPart told of each part but the last that was taken
 * @throws what broke the connection
 */
export async function writeAll(
  stream: ByteStream,
  bytes: Uint8Array,
  onPart: () => void = () => {},
): Promise<void> {
  let at = await stream.write(bytes);
  while (at < bytes.length) {
    onPart();
    at += await stream.write(bytes.subarray(at));
  }
}

/** Ends it, whether or not somebody has done so before. */
export function closeQuietly(stream: ByteStream): void {
  try {
    stream.close();
  } catch {
    // What is closed already says so, and is what was wanted.
  }
}
