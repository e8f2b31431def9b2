/** What only this machine can tell of a configuration: which files are one, which addresses are its own. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { withinMs } from "./within_ms.ts";

export interface Machine {
  /** What all spellings of a file have in common; undefined for a device, or where nobody can tell. */
  readonly identify: (path: string) => Promise<string | undefined>;
  /** The addresses of this machine that a name or an address leads to. */
  readonly localAddresses: (host: string) => Promise<readonly string[]>;
}

/** How long a file system or a name server may take. */
const PATIENCE_MS = 2_000;

/** The one that the program runs on. Neither method rejects, or takes for ever. */
export const MACHINE: Machine = {
  identify: (path) => withinMs(PATIENCE_MS, identify(path).catch(() => path)),
  localAddresses: async (host) =>
    await withinMs(PATIENCE_MS, localAddresses(host).catch(() => [])) ?? [],
};

/** Links that lead to what does not exist yet are followed so far. */
const MOST_LINKS = 10;

async function identify(path: string, links = 0): Promise<string | undefined> {
  const info = await statOf(path);
  if (info !== undefined) {
    if (!info.isFile && !info.isDirectory) return undefined;
    return await numberOf(path, info);
  }
  const link = links < MOST_LINKS ? await Deno.readLink(path).catch(() => undefined) : undefined;
  if (link !== undefined) return await identify(resolve(dirname(path), link), links + 1);
  const parent = dirname(path);
  if (parent === path) return path;
  const name = await ignoresCase(parent) ? basename(path).toLowerCase() : basename(path);
  return `${await identify(parent, links)}/${name}`;
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  return await Deno.stat(path).catch(() => undefined);
}

async function numberOf(path: string, { dev, ino }: Deno.FileInfo): Promise<string> {
  return ino === null || ino === 0 ? await Deno.realPath(path) : `${dev} ${ino}`;
}

/** Whether names in a directory, or in the nearest that exists, differ by case alone. */
async function ignoresCase(directory: string): Promise<boolean> {
  const name = basename(directory);
  const info = await statOf(directory);
  const flipped = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase();
  if (info === undefined || flipped === name) {
    const parent = dirname(directory);
    return parent !== directory && await ignoresCase(parent);
  }
  const other = await statOf(join(dirname(directory), flipped));
  return other !== undefined && other.ino !== null && other.ino === info.ino &&
    other.dev === info.dev;
}

async function localAddresses(host: string): Promise<readonly string[]> {
  const found = isIP(host) === 0
    ? (await lookup(host, { all: true })).map(({ address }) => address)
    : [host];
  return found.filter(isLocal);
}

/** Only an address of its own lets a machine listen on it; nothing is sent. */
function isLocal(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
