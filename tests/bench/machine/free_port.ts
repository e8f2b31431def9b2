/** A port that nobody listens on, for programs that cannot say which one they were given. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** Resolves once somebody listens. @throws Error after ten seconds */
export async function listening(port: number): Promise<void> {
  const untilMs = performance.now() + 10_000;
  while (performance.now() < untilMs) {
    try {
      return (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`Nobody listens on port ${port}`);
}
