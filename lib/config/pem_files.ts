import { resolve } from "node:path";
import { mapping } from "./loose.ts";
import type { Parsed } from "./parsed.ts";
import { isKeyOf, parseCertificates, parsePrivateKey } from "./pem.ts";
import { type Fault, faultAt, type Place } from "./place.ts";
import type { Path } from "./problem.ts";
import { seenBackends } from "./seen_backends.ts";

/** The PEM files that a configuration names, by their absolute paths. */
export type PemFiles = ReadonlyMap<string, Parsed<string>>;

interface Named {
  readonly path: Path;
  /** As written. */
  readonly name: string;
}

export interface PemOptions {
  readonly place: Place;
  /** Where relative paths start. */
  readonly directory: string;
}

/** Reads them, whatever else is wrong with the configuration. */
export async function readPemFiles(
  value: unknown,
  { place, directory, read }: PemOptions & {
    readonly read: (path: string) => Promise<Parsed<string>>;
  },
): Promise<PemFiles> {
  const { cert, key, roots } = named(value, place);
  const all = [...cert, ...key, ...roots].map(({ name }) => resolve(directory, name));
  const paths = [...new Set(all)];
  return new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));
}

/** What is wrong with them: a file that cannot be read, no PEM, a key of another certificate. */
export function pemFaults(
  value: unknown,
  { files, place, directory }: PemOptions & { readonly files: PemFiles },
): readonly Fault[] {
  const { cert, key, roots } = named(value, place);
  const check = <T>({ path, name }: Named, parse: (text: string) => Parsed<T>) => {
    const read = files.get(resolve(directory, name));
    const parsed = read?.ok === true ? parse(read.value) : read;
    const fault = parsed?.ok === false
      ? [faultAt(path, { root: place, message: `the file ${name} ${parsed.reason}` })]
      : [];
    return { fault, value: parsed?.ok === true ? parsed.value : undefined };
  };
  const certs = cert.map((one) => check(one, parseCertificates));
  const keys = key.map((one) => check(one, parsePrivateKey));
  const faults = [...certs, ...keys, ...roots.map((one) => check(one, parseCertificates))]
    .flatMap(({ fault }) => fault);
  const [first] = certs[0]?.value ?? [];
  const own = keys[0]?.value;
  if (first === undefined || own === undefined || isKeyOf(own, first)) return faults;
  const message = `the private key in ${key[0]?.name} is not that of the certificate in ${
    cert[0]?.name
  }`;
  return [...faults, faultAt(["tls", "key"], { root: place, message })];
}

function named(value: unknown, place: Place) {
  const tls = mapping(mapping(value).tls);
  const at = (path: Path, name: unknown): readonly Named[] =>
    typeof name === "string" && name !== "" ? [{ path, name }] : [];
  return {
    cert: at(["tls", "cert"], tls.cert),
    key: at(["tls", "key"], tls.key),
    roots: seenBackends(value, place).flatMap(({ value, path }) => at([...path, "ca"], value.ca)),
  };
}
