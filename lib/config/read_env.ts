/** A variable of the environment; undefined for a name that the system cannot even have. */
export function readEnv(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}
