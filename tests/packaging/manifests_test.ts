/** The files that a release makes and those that a container is made of. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { checksumsBySystem, manifestsFor } from "../../packaging/manifests.ts";
import { notesFor } from "../../packaging/notes.ts";
import { parseFlags } from "../../lib/cli/flags.ts";
import { PERMISSIONS, ROOT, UNSTABLE } from "../../packaging/program.ts";
import { TARGETS } from "../../packaging/targets.ts";
import { dirname } from "node:path";

const SUMS = TARGETS.map(({ name, archive }, index) => {
  return `${String(index).repeat(64)}  llm-proxy-1.2.3-${name}.${archive}\n`;
}).join("");
const FACTS = {
  version: "1.2.3",
  repository: "someone/llm-proxy",
  checksums: checksumsBySystem(SUMS, "1.2.3"),
};

Deno.test("manifestsFor() fills in every value of every template", () => {
  const manifests = manifestsFor(FACTS);
  assert.deepEqual([...manifests.keys()], [
    "llm-proxy.rb",
    "llm-proxy.scoop.json",
    "winget.installer.yaml",
    "winget.locale.en-US.yaml",
    "winget.yaml",
  ]);
  for (const [name, text] of manifests) assert.doesNotMatch(text, /\{\{|\}\}/, name);
});

Deno.test("manifestsFor() gives each system its own archive and checksum", () => {
  const manifests = manifestsFor(FACTS);
  const scoop = JSON.parse(manifests.get("llm-proxy.scoop.json") ?? "");
  assert.equal(scoop.architecture["64bit"].hash, "0".repeat(64));
  assert.match(scoop.architecture["64bit"].url, /\/v1\.2\.3\/llm-proxy-1\.2\.3-windows-x64\.zip$/);
  const winget = parse(manifests.get("winget.installer.yaml") ?? "");
  assert.equal(winget.Installers[0].InstallerSha256, "0".repeat(64));
  const formula = manifests.get("llm-proxy.rb") ?? "";
  const pairs = [...formula.matchAll(/url ".*1\.2\.3-(.*)\.tar\.gz"\n\s*sha256 "(.)/g)];
  assert.deepEqual(
    pairs.map(([, name, digit]) => [name, TARGETS[Number(digit)]?.name]),
    ["macos-arm64", "macos-x64", "linux-arm64", "linux-x64"].map((name) => [name, name]),
  );
});

Deno.test("manifestsFor() does not leave out the archive of a system in silence", () => {
  assert.throws(() => manifestsFor({ ...FACTS, checksums: new Map() }), /No archive .*sha256:/);
});

Deno.test("notesFor() gives the section of one version alone", () => {
  const changelog =
    "# Changelog\n\n## Unreleased\n\n- new\n\n## [1.2.3] - 2026-01-31\n\n- a\n- b\n\n## 1.2.2\n\n- old\n";
  assert.equal(notesFor("1.2.3", changelog), "- a\n- b");
  assert.equal(notesFor("1.2.2", changelog), "- old");
  assert.equal(notesFor("1.2", changelog), undefined);
});

Deno.test("the container runs the program with its list of permissions, as nobody", async () => {
  const text = await Deno.readTextFile(new URL("packaging/container/Dockerfile", ROOT));
  const [start = [], ...commands] = commandLinesOf(text);
  for (const flag of [...PERMISSIONS, ...UNSTABLE]) assert.ok(start.includes(flag), flag);
  assert.deepEqual(
    start.filter((word) => word.startsWith("--allow") && !PERMISSIONS.includes(word)),
    [],
  );
  assert.equal(start.at(-1), "/app/main.js");
  // What it calls, the program knows.
  assert.ok(commands.length > 0);
  for (const words of commands) {
    const args = words.slice(words.indexOf("/app/main.js") + 1);
    assert.notEqual(parseFlags(args).kind, "usage", args.join(" "));
  }
  assert.match(text, /^FROM \S+:nonroot$/m);
});

Deno.test("the container's health check asks what the container runs, and may write nothing", async () => {
  const text = await Deno.readTextFile(new URL("packaging/container/Dockerfile", ROOT));
  const [, line = "[]"] = /^HEALTHCHECK (?:--\S+ )+\\\n\s+CMD (\[.*\])$/m.exec(text) ?? [];
  const words: string[] = JSON.parse(line);
  const [start = [], ...commands] = commandLinesOf(text);
  const program = words.slice(0, words.indexOf("/app/main.js") + 1);
  assert.deepEqual(program, start.filter((word) => word !== "--allow-write"));
  const asked = parseFlags(words.slice(program.length));
  const run = parseFlags(commands.find((args) => args.join() !== words.join()) ?? []);
  assert.ok(asked.kind === "invocation" && run.kind === "invocation");
  assert.deepEqual([asked.command, asked.config], ["health", run.config]);
});

Deno.test("compose.yaml gives the container nothing that it does not need", async () => {
  const { services } = parse(await Deno.readTextFile(new URL("compose.yaml", ROOT)));
  const service = services["llm-proxy"];
  assert.equal(service.read_only, true);
  assert.deepEqual(service.cap_drop, ["ALL"]);
  assert.ok(service.ports.every((port: string) => port.startsWith("127.0.0.1:")));
});

Deno.test("what the workflows call is there, and may be run", async () => {
  const folder = new URL(".github/workflows/", ROOT);
  const texts = [...Deno.readDirSync(folder)].map(({ name }) => {
    return Deno.readTextFileSync(new URL(name, folder));
  });
  const scripts = texts.flatMap((text) => text.match(/packaging\/ci\/[\w-]+\.sh/g) ?? []);
  assert.ok(scripts.length >= 4);
  for (const script of scripts) {
    const { mode } = await Deno.stat(new URL(script, ROOT));
    assert.ok(Deno.build.os === "windows" || ((mode ?? 0) & 0o111) !== 0, script);
    assert.equal(dirname(script), "packaging/ci");
  }
  const { default: { tasks } } = await import("../../deno.json", { with: { type: "json" } });
  const called = texts.flatMap((text) => [...text.matchAll(/deno task ([\w:]+)/g)]);
  for (const [, task = ""] of called) assert.ok(Object.hasOwn(tasks, task), task);
});

/** What a container file starts: its entry point first, then every command. */
function commandLinesOf(text: string): string[][] {
  const lines = (word: string) => [...text.matchAll(new RegExp(`\\b${word} (\\[.*\\])$`, "gm"))];
  return [...lines("ENTRYPOINT"), ...lines("CMD")].map(([, words = "[]"]) => JSON.parse(words));
}
