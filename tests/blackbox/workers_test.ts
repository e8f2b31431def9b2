/** The program with several event loops: one proxy, seen from outside. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { callRaw, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import { KEY, RIGHT } from "../faults/certificates.ts";
import { CONTENT, DONE, reply, startReplier } from "../peer.ts";
import { isOneClearLine } from "./one_clear_line.ts";
import { makeHome, runProgram, startProgram } from "./program.ts";
import { again, CALL, eventually, generalLog, onLinux, startTwoLoops } from "./two_loops.ts";

Deno.test({
  ...onLinux,
  name: "two loops keep one log, one history and one count of all requests",
  async fn() {
    await using loops = await startTwoLoops();
    const callers = [await loops.connectionTo(0), await loops.connectionTo(1)];
    for (const caller of callers) {
      for (let left = 5; left > 0; left--) assert.equal((await again(caller)).status, 200);
    }
    const name = `{alias="chat",dialect="openai",ending="complete",status_class="2xx"}`;
    const sent = loops.backend.requests.length;
    await eventually(async () => await loops.metric(`llm_proxy_requests_total${name}`) >= sent);
    assert.equal(await loops.metric(`llm_proxy_requests_total${name}`), sent);
    assert.equal(
      await loops.metric(`llm_proxy_request_duration_seconds_count{alias="chat"}`),
      sent,
    );
    assert.equal(await loops.metric("llm_proxy_config_revision"), 1);
    loops.program.signal("SIGTERM");
    const { code, stderr } = await loops.program.exited;
    assert.equal(code, 0);
    const lines = await generalLog(loops.home);
    const ids = lines.flatMap((line) => / 200, .*\[(\w+)\]$/.exec(line)?.[1] ?? []);
    assert.equal(new Set(ids).size, sent);
    assert.deepEqual(untilStopped(stderr.split("\n")), untilStopped(lines));
    const { directory } = loops.home;
    using db = new DatabaseSync(`${directory}/logs/history.db`, { readOnly: true });
    const rows = db.prepare("SELECT id FROM requests").all().map(({ id }) => String(id));
    assert.deepEqual(rows.toSorted(), ids.toSorted());
    const files = [...Deno.readDirSync(`${directory}/logs/requests`)].map(({ name }) => name);
    assert.equal(files.length, sent);
    assert.equal(lines.filter((line) => line.endsWith("Stopped.")).length, 1);
  },
});

Deno.test({
  ...onLinux,
  name: "a saved configuration counts on every loop, on connections that were open before",
  async fn() {
    await using loops = await startTwoLoops();
    const callers = [await loops.connectionTo(0), await loops.connectionTo(1)];
    const { configFile } = loops.home;
    const yaml = await Deno.readTextFile(configFile);
    await Deno.writeTextFile(configFile, yaml.replace("backend-model", "another-model"));
    await loops.program.logged(/Reloaded .*reload 1 since/);
    for (const caller of callers) {
      // Another loop is told of it by a message.
      await eventually(async () => {
        await again(caller);
        const { body } = loops.backend.requests.at(-1) ?? {};
        return new TextDecoder().decode(body).includes("another-model");
      });
    }
    assert.equal(await loops.metric("llm_proxy_config_revision"), 2);
  },
});

/** Older Denos complain when the admin port closes after that. */
function untilStopped(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findIndex((line) => line.endsWith("Stopped.")) + 1);
}

for (const loop of [0, 1] as const) {
  Deno.test({
    ...onLinux,
    name: `the program lets a stream on loop ${loop} end after SIGTERM, records it and exits 0`,
    async fn() {
      await using loops = await startTwoLoops();
      const caller = await loops.streamOn(loop);
      loops.program.signal("SIGTERM");
      await loops.program.logged(/SIGTERM: no new connections/);
      loops.release();
      const got = await caller.reply();
      assert.deepEqual([textOf(got), got.ending], [CONTENT + DONE, "whole"]);
      const { code, stderr } = await loops.program.exited;
      assert.equal(code, 0);
      const [draining = "", ...rest] = stderr.split("Stopped.");
      assert.equal(rest.length, 1);
      assert.doesNotMatch(draining, /ERROR|^\s+at /m);
      const lines = await generalLog(loops.home);
      assert.match(untilStopped(lines).at(-2) ?? "", / 200, .* 75 bytes, complete/);
    },
  });
}

Deno.test({
  ...onLinux,
  name: "the program cuts a stream on another loop that outlasts drain_seconds, and records it",
  async fn() {
    await using loops = await startTwoLoops({ keys: "limits: { drain_seconds: 0.2 }" });
    const caller = await loops.streamOn(1);
    loops.program.signal("SIGTERM");
    assert.equal((await loops.program.exited).code, 0);
    assert.equal((await caller.reply()).ending, "cut");
    const { directory } = loops.home;
    using db = new DatabaseSync(`${directory}/logs/history.db`, { readOnly: true });
    const row = db.prepare("SELECT ending, streamed FROM requests WHERE streamed = 1").get();
    assert.equal(row?.ending, "cut");
  },
});

Deno.test({
  ...onLinux,
  name: "the program exits at once after a second signal, whichever loop streams",
  async fn() {
    await using loops = await startTwoLoops();
    const caller = await loops.streamOn(1);
    loops.program.signal("SIGTERM");
    await loops.program.logged(/SIGTERM: no new connections/);
    loops.program.signal("SIGTERM");
    assert.notEqual((await loops.program.exited).code, 0);
    assert.equal((await caller.reply()).ending, "cut");
  },
});

Deno.test({
  ...onLinux,
  name: "the program with two loops ends with 1 when its port is in use, by another like it too",
  async fn() {
    await using other = await startReplier(reply(200));
    const taken = (port: string) =>
      `listen: "127.0.0.1:${port}"\n${chain({ other }, "workers: 2")}`;
    const expected = /Cannot listen on 127\.0\.0\.1:\d+: the address is in use/;
    await using home = await makeHome(taken(String(other.port)));
    isOneClearLine(await runProgram(["-config", home.configFile]), expected);
    await using loops = await startTwoLoops();
    await using second = await makeHome(taken(new URL(loops.program.url).port));
    isOneClearLine(await runProgram(["-config", second.configFile]), expected);
  },
});

Deno.test("the program takes workers: auto, and says that another number needs a restart", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using home = await makeHome(chain({ backend }, "workers: auto"));
  await using program = await startProgram(["-config", home.configFile]);
  assert.equal((await callRaw(program.url, CALL)).status, 200);
  const yaml = await Deno.readTextFile(home.configFile);
  const saved = yaml.replace("workers: auto", "workers: 1").replace("backend-model", "another");
  await Deno.writeTextFile(home.configFile, saved);
  await program.logged(/WARN .*workers is now 1, which needs a restart; .*The rest is in force/);
  await program.logged(/Reloaded .*reload 1 since/);
});

Deno.test({
  ...onLinux,
  name: "two loops serve HTTPS on one port",
  async fn() {
    await using backend = await startReplier(reply(200, `{"ok":1}`));
    const keys = `workers: 2\ntls: { cert: cert.pem, key: key.pem }`;
    await using home = await makeHome(chain({ backend }, keys));
    await Deno.writeTextFile(`${home.directory}/cert.pem`, RIGHT);
    await Deno.writeTextFile(`${home.directory}/key.pem`, KEY);
    await using program = await startProgram(["-config", home.configFile]);
    assert.match(program.url, /^https:/);
    for (let left = 20; left > 0; left--) {
      assert.equal((await callRaw(program.url, CALL)).status, 200);
    }
  },
});

Deno.test({
  ...onLinux,
  name: "the dashboard shows requests in flight on every loop, and how they end",
  async fn() {
    await using loops = await startTwoLoops({ keys: `history: { file: "" }` });
    const callers = [await loops.streamOn(0), await loops.streamOn(1)];
    const { rows } = await (await loops.api("/api/requests")).json();
    const open = rows.filter(({ ending }: { ending: string }) => ending === "open");
    assert.equal(open.length, 2);
    assert.equal((await (await loops.api("/api/now")).json()).inFlight, 2);
    loops.release();
    for (const caller of callers) assert.equal((await caller.reply()).ending, "whole");
    for (const { id } of open) {
      const detail = async () => await (await loops.api(`/api/requests/${id}`)).json();
      await eventually(async () => (await detail()).log !== undefined);
      const { request, attempts } = await detail();
      assert.deepEqual([request.ending, attempts.length], ["complete", 1]);
    }
    const { inFlight, figures } = await (await loops.api("/api/now")).json();
    assert.deepEqual([inFlight, figures.count], [0, loops.backend.requests.length]);
  },
});

Deno.test({
  ...onLinux,
  name: "the dashboard's feed tells of a request on another loop while it is in flight",
  async fn() {
    await using loops = await startTwoLoops();
    const stop = new AbortController();
    const feed = await fetch(`${loops.adminUrl}/api/events`, { signal: stop.signal });
    const caller = await loops.streamOn(1);
    let text = "";
    const reader = feed.body?.pipeThrough(new TextDecoderStream()).getReader();
    const until = async (pattern: RegExp) => {
      while (!pattern.test(text)) text += (await reader?.read())?.value ?? "";
    };
    await until(/"streamed":true[^}]*"endMs":null/);
    loops.release();
    assert.equal((await caller.reply()).ending, "whole");
    await until(/"ending":"complete"[^}]*"streamed":true/);
    await reader?.cancel();
    stop.abort();
    assert.match(text, /event: now/);
  },
});
