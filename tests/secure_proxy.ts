/** A proxy in this process that serves HTTPS with the tests' certificate. */
import { join } from "node:path";
import { KEY, RIGHT } from "./faults/certificates.ts";
import { startProxy, type TestProxy } from "./proxy.ts";

/** As `startProxy()`, over TLS. */
export async function startSecureProxy(yaml: string): Promise<TestProxy> {
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-tls-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const [cert, key] = [join(directory, "cert.pem"), join(directory, "key.pem")];
  await Deno.writeTextFile(cert, RIGHT);
  await Deno.writeTextFile(key, KEY);
  const proxy = stack.use(await startProxy(`${yaml}\ntls: { cert: "${cert}", key: "${key}" }\n`));
  const held = stack.move();
  return { ...proxy, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
