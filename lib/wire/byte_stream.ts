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
