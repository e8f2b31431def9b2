/** The table of docs/failures.md in which every kind of trouble can be seen: each line works as written. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { drill } from "../../lib/cli/drill.ts";
import { parseFlags } from "../../lib/cli/flags.ts";
import type { Screen } from "../../lib/cli/screen.ts";
import { DRILL_KINDS } from "../../lib/state/drills.ts";
import { startAdminPort } from "../admin/admin_port.ts";
import { type RawReply, type RawRequest, textOf } from "../caller.ts";
import { ask, type Asked } from "../faults/answers.ts";
import { healthy, OPENAI_CHAT } from "../faults/streams.ts";
import { startReplier } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/failures.md", import.meta.url));
const [, SECTION = ""] = /^## See each kind for yourself\n(.*?)^## /ms.exec(PAGE) ?? [];

/** A line of the table. */
interface Line {
  readonly trouble: string;
  readonly command: string;
  readonly caller: string;
  readonly said: string;
  readonly row: number;
  readonly cools: string;
}

const LINES: readonly Line[] = [...SECTION.matchAll(/^\| .*`llm-proxy .*$/gm)].map(([line]) => {
  const [trouble = "", command = "", caller = "", said = "", row = "", cools = ""] = line
    .split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("`", ""));
  return { trouble, command, caller, said, row: Number(row), cools };
});

/** The configuration that the page gives, over backends of this address. */
function configOf(url: string, adminPort = 0): string {
  const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(SECTION) ?? [];
  return yaml.replaceAll(/https:\/\/[ab]\.example/g, url)
    .replace("127.0.0.1:8080", "127.0.0.1:0")
    .replace("127.0.0.1:8081", `127.0.0.1:${adminPort}`);
}

/** The request that the page gives as a command. */
function requestOf(): RawRequest {
  const found = /curl -iN http:\/\/[^/]+(?<target>\S+) -H '(?<line>[^']+)' -d '(?<body>[^']+)'/
    .exec(SECTION);
  const { target = "", line = "", body = "" } = found?.groups ?? {};
  return { target, lines: [line], body };
}

/** Runs a command of the table against a running proxy, as the program does. */
async function run(command: string, proxy: TestProxy): Promise<void> {
  const [program, ...words] = command.split(" ");
  const given = parseFlags(words);
  assert.ok(program === "llm-proxy" && given.kind === "invocation" && given.command === "drill");
  await using port = await startAdminPort(proxy);
  const config = join(proxy.directory, "admin.yaml");
  await Deno.writeTextFile(config, configOf("http://127.0.0.1:9", port.port));
  const told: string[] = [];
  const tell = (line: string) => void told.push(line);
  const screen: Screen = { out: tell, err: tell, write: tell, coloured: false };
  const [backend = ""] = given.args;
  const { drillKind: kind, seconds, json } = given;
  const status = await drill({ config, json, backend, kind, seconds }, screen);
  assert.equal(status, 0, told.join("\n"));
}

const ANSWER = healthy(OPENAI_CHAT);

/** What the caller saw, in the table's words; how long it took is none of a test's. */
function seenBy({ got, entry }: Asked): string {
  const by = entry.attempts.at(-1)?.backend;
  if (by === "provider-b") {
    assert.deepEqual([got.status, got.ending, textOf(got)], [200, "whole", ANSWER.body]);
    return "provider-b's answer";
  }
  assert.equal(got.status, 200);
  assert.match(textOf(got), /This is a drill/);
  return `provider-a's words and ${howEnded(got)}`;
}

function howEnded(got: RawReply): string {
  if (got.ending === "cut") return "then the cut";
  return textOf(got).includes("event: error\ndata: ") ? "its error" : "nothing wrong";
}

function cooling({ state: { clock, health } }: TestProxy): string {
  const [only, ...more] = health.cooldowns();
  assert.ok(only !== undefined && more.length === 0);
  const [kind] = JSON.parse(only.subject);
  const leftMs = only.cooldown.untilMs - clock.monotonicMs();
  return `the ${kind} for ${Math.round(leftMs / 1000)} s`;
}

for (const line of LINES) {
  Deno.test(`docs/failures.md shows ${line.trouble}: ${line.command}`, async () => {
    await using peer = await startReplier(ANSWER.bytes);
    await using proxy = await startProxy(configOf(peer.url), { ledger: false });
    await run(line.command, proxy);
    const asked = await ask(proxy, requestOf());
    const [attempt] = asked.entry.attempts;
    assert.equal(seenBy(asked), line.caller.replace(/, after \d s$/, ""));
    const row = asked.entry.late?.row ?? attempt?.verdict.row;
    assert.equal(row, line.row);
    assert.equal(cooling(proxy), line.cools.replace(/ at most$/, ""));
    const lines = proxy.lines.filter((text) => text.includes(" provider-a (model-a)"));
    assert.ok(lines.some((text) => text.includes(line.said)), lines.join("\n"));
    const isHidden = line.caller.startsWith("provider-b");
    assert.equal(peer.requests.length, isHidden ? 1 : 0);
  });
}

Deno.test("docs/failures.md shows every kind of drill once", () => {
  const kinds = LINES.map(({ command }) => command.split(" ").at(-1) ?? "");
  assert.deepEqual(kinds.toSorted(), [...DRILL_KINDS].toSorted());
});
