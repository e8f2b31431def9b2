/** What package managers want to know of a release, from the templates of manifests/. */

const TEMPLATES = new URL("manifests/", import.meta.url);

/** The values of a release. */
export interface ReleaseFacts {
  readonly version: string;
  /** `owner/name`. */
  readonly repository: string;
  /** SHA-256 in hexadecimal, by the name of a system. */
  readonly checksums: ReadonlyMap<string, string>;
}

/** By the names of their files. @throws {Error} for a value that a template asks for and is not known */
export function manifestsFor(facts: ReleaseFacts): ReadonlyMap<string, string> {
  const names = [...Deno.readDirSync(TEMPLATES)].map(({ name }) => name).sort();
  return new Map(names.map((name) => {
    const template = Deno.readTextFileSync(new URL(name, TEMPLATES));
    return [name, template.replace(/\{\{([^}]*)\}\}/g, (_, key: string) => valueOf(key, facts))];
  }));
}

function valueOf(key: string, { version, repository, checksums }: ReleaseFacts): string {
  if (key === "version") return version;
  if (key === "repository") return repository;
  const [, system = ""] = /^sha256:(.*)$/.exec(key) ?? [];
  const checksum = checksums.get(system);
  if (checksum === undefined) throw new Error(`No archive of this release gives {{${key}}}.`);
  return checksum;
}

/** From the lines of SHA256SUMS, by the name of a system. */
export function checksumsBySystem(sums: string, version: string): ReadonlyMap<string, string> {
  const pattern = /^([0-9a-f]{64}) {2}llm-proxy-(.+)\.(?:tar\.gz|zip)$/gm;
  return new Map([...sums.matchAll(pattern)].map(([, sum = "", name = ""]) => {
    return [name.slice(version.length + 1), sum];
  }));
}
