/** Connections of a backend that fails on purpose: what comes back is made here, not by the network. */
import type { BackendRequest, Connections, ExchangeHandler } from "./connections.ts";
import { drillAnswer, type DrillScript } from "./drill_answers.ts";
import { DrillExchange } from "./drill_exchange.ts";

export class DrillConnections implements Connections {
  readonly #script: DrillScript;

  constructor(script: DrillScript) {
    this.#script = script;
  }

  dispatch(request: BackendRequest, handler: ExchangeHandler): void {
    const exchange = new DrillExchange(handler, this.#script);
    const { headTimeoutMs } = request;
    // As over a network, nothing comes back before the caller of this has returned.
    queueMicrotask(() => exchange.play(drillAnswer(this.#script), { headTimeoutMs }));
  }

  dispatchFresh(request: BackendRequest, handler: ExchangeHandler): void {
    this.dispatch(request, handler);
  }
}
