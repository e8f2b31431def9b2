/** Two backends that store files, and proxies before them, one after the other. */
import { join } from "node:path";
import { type Peer, startPeer } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";
import { type StoringBackend, storingBackend } from "./storing_backend.ts";

export interface Settings {
  /** The `default_backend`. */
  readonly taker: "one" | "two";
  /** Further keys of each backend, as YAML. */
  readonly keys?: string;
  /** The `stored_ids_file`; one that outlives the proxy unless told otherwise. */
  readonly file?: string;
  /** Where the second backend is; where it was started unless told otherwise. */
  readonly two?: string;
}

/** Two backends that store files, and a directory that outlives each proxy before them. */
export interface Store extends AsyncDisposable {
  readonly one: StoringBackend;
  readonly two: StoringBackend;
  readonly file: string;
  yaml(settings: Settings): string;
  /** Starts a proxy that has read what its predecessor left. */
  proxy(settings: Settings): Promise<TestProxy>;
}

export async function startStore(): Promise<Store> {
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const [one, two] = [storingBackend("one"), storingBackend("two")];
  const peers: Record<"one" | "two", Peer> = {
    one: stack.use(await startPeer(one.script)),
    two: stack.use(await startPeer(two.script)),
  };
  const file = join(directory, "kept", "ids.jsonl");
  const yaml = (settings: Settings) =>
    yamlOf({ file, keys: "", two: peers.two.url, ...settings, one: peers.one.url });
  const held = stack.move();
  return {
    one,
    two,
    file,
    yaml,
    async proxy(settings) {
      const proxy = await startProxy(yaml(settings));
      await proxy.state.storedIds.flush();
      return proxy;
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

function yamlOf(settings: Required<Settings> & { readonly one: string }): string {
  const { taker, keys, file, one, two } = settings;
  const further = keys && `, ${keys}`;
  return `
backends:
  - { name: one, url: "${one}"${further} }
  - { name: two, url: "${two}"${further} }
models:
  chat:
    - { backend: one, model: one-model, priority: 1 }
    - { backend: two, model: two-model, priority: 2 }
default_backend: ${taker}
fallback: { stored_ids_file: ${JSON.stringify(file)} }
`;
}
