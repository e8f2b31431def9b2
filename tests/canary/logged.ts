/** Credentials in whatever a proxy wrote down. */
import { join, relative } from "node:path";
import { type Leak, leaksIn, type Secret } from "./leaks.ts";

/** Searches every file under a directory; nothing where there is none. */
export async function leaksUnder(directory: string, secrets: readonly Secret[]): Promise<Leak[]> {
  const leaks: Leak[] = [];
  for (const path of await filesUnder(directory)) {
    // One byte a character: nothing is lost in decoding.
    const text = new TextDecoder("latin1").decode(await Deno.readFile(path));
    leaks.push(...leaksIn(relative(directory, path), text, secrets));
  }
  return leaks;
}

export async function filesUnder(directory: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      const path = join(directory, name);
      paths.push(...isDirectory ? await filesUnder(path) : [path]);
    }
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
  return paths;
}

/** For a person. */
export function leakLine({ where, secret, excerpt }: Leak): string {
  return `${where}: ${secret} stands there unmasked: ${excerpt}`;
}
