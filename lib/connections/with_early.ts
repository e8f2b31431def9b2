import type { ByteStream } from "../wire/byte_stream.ts";

/** A connection of which something has been read already: that comes first. */
export function withEarly(stream: ByteStream, early: Uint8Array): ByteStream {
  let rest = early;
  return {
    read(into) {
      if (rest.length === 0) return stream.read(into);
      const count = Math.min(into.length, rest.length);
      into.set(rest.subarray(0, count));
      rest = rest.subarray(count);
      return Promise.resolve(count);
    },
    write: (bytes) => stream.write(bytes),
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
  };
}
