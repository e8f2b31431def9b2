/** A source imported in memory, and what came of it in words that tests compare. */
import assert from "node:assert/strict";
import { type Conversion, convert, type ConvertOptions } from "../../lib/import/convert.ts";
import { parseConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problem.ts";
import type { Snapshot } from "../../lib/config/snapshot.ts";

export interface Imported extends Conversion {
  /** The configuration as the proxy reads it, with `set-NAME` for what is set nowhere yet. */
  readonly snapshot: Snapshot;
}

type Given = Partial<ConvertOptions>;

export async function imported(source: string, given: Given = {}): Promise<Imported> {
  const { env = () => undefined, envFile = new Map<string, string>() } = given;
  const converted = await convert(source, {
    file: "source",
    from: undefined,
    ...given,
    env,
    envFile,
  });
  if (!converted.ok) assert.fail([...converted.problems, ...converted.notes].join("\n"));
  const loaded = await parseConfig(converted.text, {
    file: "config.yaml",
    revision: 1,
    env: (name) => env(name) ?? converted.secrets.get(name) ?? envFile.get(name) ?? standIn(name),
    read: () => Promise.resolve({ ok: false, reason: "is not there" }),
  });
  if (!loaded.ok) assert.fail(loaded.problems.map(formatProblem).join("\n"));
  return { ...converted, snapshot: loaded.snapshot };
}

function standIn(name: string): string {
  return /BASE|URL|^X$/.test(name) ? "https://set.example" : `set-${name}`;
}

/** The lines with which a source is refused. */
export async function refusalOf(source: string, given: Given = {}): Promise<readonly string[]> {
  const options = { file: "source", from: undefined, env: () => undefined, envFile: new Map() };
  const converted = await convert(source, { ...options, ...given });
  assert.ok(!converted.ok, "it was imported");
  return converted.problems;
}

export async function fixture(name: string): Promise<string> {
  return await Deno.readTextFile(new URL(`fixtures/${name}`, import.meta.url));
}

/** By alias: each route as `1: model at https://host/path as dialect with key, weight 6`. */
export function routes({ aliases }: Snapshot): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    [...aliases.values()].map(({ name, routes }) => [
      name,
      routes.map(({ backend, model, priority, weight }) => {
        const key = backend.keys.length === 0 ? "no key" : backend.keys.join(" and ");
        const share = weight === 1 ? "" : `, weight ${weight}`;
        const where = `${backend.origin}${backend.basePath} as ${backend.dialects?.join("+")}`;
        return `${priority}: ${model} at ${where} with ${key}${share}`;
      }),
    ]),
  );
}

/** Where the notes stand, as `line path`. */
export function places({ notes }: Pick<Conversion, "notes">): readonly string[] {
  return notes.map((note) => {
    const [, line, path] = /^[^:]+:(\d+): (.*?)(?: = .*)?: /.exec(note) ?? [];
    return `${line} ${path}`;
  });
}
