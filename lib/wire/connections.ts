/** What an attempt needs of a backend's connections; state/pools.ts provides it. */
import type { Dispatcher } from "undici";

export interface Connections {
  /** Sends on any connection, opening one where none is idle. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** Sends on a new connection, which is closed afterwards. */
  dispatchFresh(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** How many connections were ever opened: a request that opened none was sent on a reused one. */
  opened(): number;
}
