/** A listener in this process, as impatient as a test needs it. */
import { listen } from "../../lib/listener/listen.ts";
import type { ListenOptions, Patience } from "../../lib/listener/listener.ts";
import type { CallerResponse } from "../../lib/wire/caller_response.ts";

export interface Listening extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly faults: readonly string[];
  readonly refused: readonly string[];
  close(): Promise<void>;
}

export const EMPTY: CallerResponse = { status: 200, headers: [], body: new Uint8Array() };

/** Starts one; `tls` as of `ListenOptions`. */
export async function startListening(
  handler: ListenOptions["handler"],
  { patience = {}, tls = () => undefined, isOwn = () => false }: {
    readonly patience?: Partial<Patience>;
    readonly isOwn?: ListenOptions["isOwn"];
    readonly tls?: ListenOptions["tls"];
  } = {},
): Promise<Listening> {
  const faults: string[] = [];
  const refused: string[] = [];
  const listener = await listen({
    address: { hostname: "127.0.0.1", port: 0 },
    tls,
    handler,
    isOwn,
    patience: { lookEveryMs: 20, ...patience },
    onFault: (line) => void faults.push(line),
    onRefused: (line) => void refused.push(line),
  });
  const { port } = listener;
  return {
    url: `${tls() === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    faults,
    refused,
    close: () => listener.close(),
    async [Symbol.asyncDispose]() {
      const closed = listener.close();
      listener.destroy();
      await closed;
    },
  };
}
