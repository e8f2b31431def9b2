/** Who may import whom, and what may stand where: read from the source, so that it stays so. */
import assert from "node:assert/strict";

interface Source {
  /** Relative to the project: `lib/policy/judge.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

interface Import {
  /** As written for packages, relative to the project for files. */
  readonly target: string;
  /** Gone when the types are: it makes nothing depend on anything. */
  readonly typeOnly: boolean;
}

const ROOT = new URL("../", import.meta.url);
const STATIC_IMPORT =
  /^(?:import|export)\s+(?<type>type\s+)?(?:(?<names>[^;"'=]*?)\s*from\s*)?["'](?<target>[^"']+)["']/gm;
const DYNAMIC_IMPORT = /\bimport\(\s*["'](?<target>[^"']+)["']/g;

const SOURCES: readonly Source[] = [
  sourceAt("main.ts"),
  ...pathsUnder("lib").sort().map(sourceAt),
];

function pathsUnder(directory: string): string[] {
  const entries = [...Deno.readDirSync(new URL(`${directory}/`, ROOT))];
  return entries.flatMap(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    if (isDirectory) return pathsUnder(path);
    return path.endsWith(".ts") ? [path] : [];
  });
}

function sourceAt(path: string): Source {
  const text = Deno.readTextFileSync(new URL(path, ROOT));
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, "");
  return { path, text, code, imports: importsOf(path, code) };
}

function importsOf(path: string, code: string): Import[] {
  const found = [...code.matchAll(STATIC_IMPORT), ...code.matchAll(DYNAMIC_IMPORT)];
  return found.map(({ groups: { type, names, target = "" } = {} }) => {
    const typeOnly = type !== undefined || onlyTypes(names);
    return { target: resolved(path, target), typeOnly };
  });
}

/** Whether every name is marked: `{ type A, type B }`. */
function onlyTypes(names = ""): boolean {
  const inner = /^\{(?<inner>[^}]*)\}$/s.exec(names.trim())?.groups?.inner ?? "";
  const all = inner.split(",").map((name) => name.trim()).filter((name) => name !== "");
  return all.length > 0 && all.every((name) => name.startsWith("type "));
}

function resolved(from: string, target: string): string {
  if (!target.startsWith(".")) return target;
  return new URL(target, new URL(from, ROOT)).href.slice(ROOT.href.length);
}

/** `policy` for lib/policy/judge.ts, `router` for lib/router.ts, `main` for main.ts. */
function layerOf(path: string): string {
  const [, layer = ""] = /^(?:lib\/)?([^/.]+)/.exec(path) ?? [];
  return layer;
}

function isPackage({ target }: Import): boolean {
  return !target.startsWith("lib/") && target !== "main.ts" && !target.endsWith(".json");
}

/** The layers whose values each layer may import, besides its own, and dialect/ and fields/, which any may ask. */
const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map([
  ["main", ["cli"]],
  ["cli", [
    "server",
    "workers",
    "admin",
    "listener",
    "config",
    "state",
    "record",
    "probe",
    "replay",
    "system",
    "import",
  ]],
  ["import", ["config", "record", "system"]],
  ["workers", ["server", "admin", "config", "state", "record", "system"]],
  ["replay", ["config", "connections", "policy", "state", "record", "wire"]],
  ["probe", ["connections", "policy", "wire"]],
  ["admin", ["listener", "config", "policy", "state", "record", "replay", "system", "wire"]],
  ["server", [
    "door",
    "router",
    "respond",
    "own_endpoints",
    "listener",
    "policy",
    "system",
    "wire",
  ]],
  ["door", ["own_endpoints", "policy", "wire"]],
  ["listener", ["http1", "system", "wire"]],
  ["own_endpoints", ["policy", "wire"]],
  ["router", ["config", "respond", "try_route", "policy", "state", "wire"]],
  ["respond", ["try_route", "policy", "wire"]],
  ["try_route", ["policy", "wire"]],
  ["state", ["connections", "policy", "record", "system", "wire"]],
  ["connections", ["http1", "system", "wire"]],
  ["record", ["policy", "system", "wire"]],
  ["http1", []],
  ["policy", []],
  ["wire", ["system"]],
  ["config", ["system"]],
  ["dialect", []],
  ["fields", []],
  ["system", []],
]);

Deno.test("each layer imports only from those below it", () => {
  const faults = SOURCES.flatMap(({ path, imports }) => {
    const layer = layerOf(path);
    const allowed = [layer, "dialect", "fields", ...ALLOWED.get(layer) ?? []];
    return imports.filter((each) => !each.typeOnly && each.target.startsWith("lib/"))
      .filter(({ target }) => !allowed.includes(layerOf(target)))
      .map(({ target }) => `${path} imports ${target}`);
  });
  assert.deepEqual(faults, []);
});

Deno.test("nothing but cli/ and workers/ imports admin/: the proxy works without it", () => {
  const importers = SOURCES.filter(({ path, imports }) => {
    const isIt = ({ target }: Import) => target.startsWith("lib/admin/");
    return !path.startsWith("lib/admin/") && imports.some(isIt);
  });
  const layers = new Set(importers.map(({ path }) => layerOf(path)));
  assert.deepEqual([...layers].sort(), ["cli", "workers"]);
});

Deno.test("every file belongs to a layer", () => {
  const strays = SOURCES.filter(({ path }) => !ALLOWED.has(layerOf(path)));
  assert.deepEqual(strays.map(({ path }) => path), []);
});

/** The files that import a package for more than its types. */
function importersOf(name: string): string[] {
  const isIt = ({ target }: Import) => target === name || target.startsWith(`${name}/`);
  return SOURCES.filter(({ imports }) => imports.some((each) => !each.typeOnly && isIt(each)))
    .map(({ path }) => path);
}

Deno.test("only config/schema.ts imports zod", () => {
  assert.deepEqual(importersOf("zod"), ["lib/config/schema.ts"]);
});

Deno.test("only config/yaml.ts imports yaml", () => {
  assert.deepEqual(importersOf("yaml"), ["lib/config/yaml.ts"]);
});

Deno.test("only import/json_source.ts imports @humanwhocodes/momoa", () => {
  assert.deepEqual(importersOf("@humanwhocodes/momoa"), ["lib/import/json_source.ts"]);
});

Deno.test("only config/linear_regexp.ts imports re2js", () => {
  assert.deepEqual(importersOf("re2js"), ["lib/config/linear_regexp.ts"]);
});

Deno.test("only record/prometheus.ts imports prom-client", () => {
  assert.deepEqual(importersOf("prom-client"), ["lib/record/prometheus.ts"]);
});

Deno.test("only record/traces.ts imports @opentelemetry/api", () => {
  assert.deepEqual(importersOf("@opentelemetry/api"), ["lib/record/traces.ts"]);
});

/** The files of these layers in whose code the pattern stands, each with what was found. */
function found(pattern: RegExp, within: (path: string) => boolean): string[] {
  return SOURCES.filter(({ path }) => within(path)).flatMap(({ path, code }) => {
    return [...code.matchAll(pattern)].map(([match]) => `${path}: ${match.trim()}`);
  });
}

const isPure = (path: string) => ["policy", "dialect"].includes(layerOf(path));

Deno.test("policy/ and dialect/ import no package", () => {
  const faults = SOURCES.filter(({ path }) => isPure(path)).flatMap(({ path, imports }) => {
    return imports.filter(isPackage).map(({ target }) => `${path} imports ${target}`);
  });
  assert.deepEqual(faults, []);
});

Deno.test("policy/ and dialect/ have no clock, no randomness and no way out", () => {
  const impure = new RegExp(
    [
      "Deno\\.",
      "Date\\.now",
      "new Date\\(\\)",
      "performance\\.",
      "Math\\.random",
      "crypto\\.",
      "setTimeout",
      "setInterval",
      "queueMicrotask",
      "fetch\\(",
      "console\\.",
      "globalThis",
    ].map((word) => `(?<![\\w.])${word}`).join("|"),
    "g",
  );
  assert.deepEqual(found(impure, isPure), []);
});

Deno.test("only main.ts reads Deno.args or exits", () => {
  const inLib = (path: string) => path !== "main.ts";
  assert.deepEqual(found(/Deno\s*\.\s*(?:args|exit\b|exitCode)|process\s*\.\s*exit/g, inLib), []);
});

const anywhere = () => true;

Deno.test("no module keeps a variable", () => {
  assert.deepEqual(found(/^(?:export\s+)?(?:let|var)\s.*$/gm, anywhere), []);
  assert.deepEqual(found(/^\s*static\s+(?!readonly\b)[#\w]+\s*[:=].*$/gm, anywhere), []);
});

Deno.test("no module keeps a collection that can change", () => {
  const collection =
    /^(?:export\s+)?const\s+\w+\b(?!\s*:\s*Readonly)[^=]*=\s*new\s+(?:Weak)?(?:Map|Set)\b/gm;
  assert.deepEqual(found(collection, anywhere), []);
  assert.deepEqual(found(/^(?:export\s+)?const\s+\w+[^=]*=\s*(?:\[\]|\{\});/gm, anywhere), []);
});

/** Files over 200 lines, and why they are better whole. */
const LONG_FILES: ReadonlyMap<string, string> = new Map([
  ["lib/admin/ui/words.ts", "one table: every text of the dashboard, in both languages"],
  ["lib/cli/init/providers.ts", "one table: every provider that init knows"],
  [
    "lib/config/schema.ts",
    "one shape a section, each with the texts that become the documentation",
  ],
  ["lib/config/snapshot.ts", "the types of one value, which are read together"],
  ["lib/config/tree.ts", "one walk over one kind of node"],
  ["lib/http1/request_scanner.ts", "one walk over one grammar, each part of it a method"],
  [
    "lib/listener/caller_connection.ts",
    "one state machine: a connection from its first byte to its last",
  ],
  ["lib/state/health.ts", "one object: cooldowns, probes and attempts in flight change together"],
  [
    "lib/state/stored_ids.ts",
    "one object: what is known, what waits and how the file fails change together",
  ],
]);

Deno.test("no file is over 200 lines without a reason, and no reason outlives its file", () => {
  const long = SOURCES.filter(({ text }) => text.trimEnd().split("\n").length > 200);
  assert.deepEqual(long.map(({ path }) => path), [...LONG_FILES.keys()]);
});

Deno.test("router.ts is at most 150 lines: it decides nothing and touches no byte", () => {
  const router = SOURCES.find(({ path }) => path === "lib/router.ts");
  const lines = router?.text.trimEnd().split("\n").length ?? Infinity;
  assert.ok(lines <= 150, `it has ${lines}`);
});

Deno.test("importsOf() tells values from types, in every form of an import", () => {
  const code = `import a from "./a.ts";
import { b, type B } from "../policy/b.ts";
import type { C } from "./c.ts";
import { type D, type E } from "./d.ts";
import * as node from "node:path";
import "./effect.ts";
export { f } from "./f.ts";
export type { G } from "./g.ts";
import {
  h,
  i,
} from "npm";
const text = "from here";
export const other = "from there";
await import("./late.ts");
`;
  const told = importsOf("lib/wire/x.ts", code).map(({ target, typeOnly }) => {
    return `${target}${typeOnly ? " (type)" : ""}`;
  });
  assert.deepEqual(told, [
    "lib/wire/a.ts",
    "lib/policy/b.ts",
    "lib/wire/c.ts (type)",
    "lib/wire/d.ts (type)",
    "node:path",
    "lib/wire/effect.ts",
    "lib/wire/f.ts",
    "lib/wire/g.ts (type)",
    "npm",
    "lib/wire/late.ts",
  ]);
});
