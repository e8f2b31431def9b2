/** What a check is, and what it works with: a gateway, and two backends behind it. */
import { startPeer } from "../peer.ts";
import type { Exchange, SeenRequest } from "../peer.ts";

/** One thing that a client in use needs of any gateway. */
export interface Check {
  /** Begins with the client: `Claude Code: …`. */
  readonly name: string;
  /** Rejects with the reason where the gateway does not do it. */
  readonly run: (gateway: Gateway, backends: Backends) => Promise<void>;
}

/** The gateway under test. */
export interface Gateway {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** What it takes for a credential, in whichever header. */
  readonly key: string;
  readonly models: GatewayModels;
  /** How long to wait for what needs no time, in milliseconds. */
  readonly patienceMs: number;
}

/** The aliases to ask for; each leads to both backends alike. */
export interface GatewayModels {
  readonly anthropic: string;
  readonly openai: string;
  readonly gemini: string;
}

/** Two backends that a gateway shares its requests between: both answer by one script. */
export interface Backends extends AsyncDisposable {
  readonly urls: readonly [string, string];
  /** From now on they answer so; what has arrived before is forgotten. */
  play(script: BackendScript): void;
  /** What has arrived since, in order. */
  readonly arrived: readonly Arrived[];
}

export interface Arrived {
  readonly backend: BackendName;
  readonly request: SeenRequest;
}

export type BackendName = "first" | "second";

export type BackendScript = (exchange: Exchange, backend: BackendName) => void | Promise<void>;

/** @param ports where the two listen; 0 is any free port */
export async function startBackends(ports: readonly [number, number]): Promise<Backends> {
  let script: BackendScript = ({ close }) => close();
  let arrived: Arrived[] = [];
  await using stack = new AsyncDisposableStack();
  const start = async (backend: BackendName, port: number) =>
    stack.use(
      await startPeer((exchange) => {
        arrived.push({ backend, request: exchange.request });
        return script(exchange, backend);
      }, port),
    );
  const first = await start("first", ports[0]);
  const second = await start("second", ports[1]);
  const owned = stack.move();
  return {
    urls: [first.url, second.url],
    play(next) {
      script = next;
      arrived = [];
    },
    get arrived() {
      return arrived;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
