/** What stands on either side of a body: the backend's connection, and whoever reads along. */

/** How a backend's body ended. */
export type BodyEnd =
  | { readonly kind: "complete" }
  /** It broke off: reset, short of its length, bad framing, silence, no terminal event. */
  | { readonly kind: "cut"; readonly detail: string };

/** The backend's side of the connection. */
export interface Tap {
  pause(): void;
  resume(): void;
  /** Ends the exchange; the connection is closed. */
  abort(): void;
}

/** Somebody who reads along. The bytes are not theirs to change. */
export interface BodyObserver {
  /** Each chunk as it arrives, whoever has read how far. */
  chunk(bytes: Uint8Array): void;
  /** What the end means: a body whose framing is whole may still be cut. */
  ended(end: BodyEnd): BodyEnd | Promise<BodyEnd>;
}
