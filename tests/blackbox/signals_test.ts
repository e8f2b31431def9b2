/** What signals do to the program, as `cases 14` has it: none ends it unsaid, and HUP reads files again. */
import assert from "node:assert/strict";
import { callRaw, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, CONTENT, DONE, reply, startPeer, startReplier, STREAM_HEAD } from "../peer.ts";
import { midStream } from "./mid_stream.ts";
import { noTerminal, startOnTerminal } from "./on_terminal.ts";
import { makeHome, startProgram } from "./program.ts";

const ignore = Deno.build.os === "windows"; // it has none of these signals
const CALL = { body: `{"model":"chat"}` };
const ANSWER = reply(200, `{"ok":1}`);

/** The program before a backend that is well. */
async function startServing() {
  const stack = new AsyncDisposableStack();
  const backend = stack.use(await startReplier(ANSWER));
  const home = stack.use(await makeHome(chain({ backend })));
  const program = stack.use(await startProgram(["-config", home.configFile]));
  return { home, program, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The text of a file once it matches. */
async function textIn(file: string, pattern: RegExp): Promise<string> {
  for (let left = 500; left > 0; left--) {
    const text = await Deno.readTextFile(file).catch(() => "");
    if (pattern.test(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`${file} never had ${pattern}`);
}

for (const signal of ["SIGHUP", "SIGUSR1"] as const) {
  Deno.test({
    name: `cases 14: ${signal} reads the configuration again, and a stream under way goes on`,
    ignore,
    async fn() {
      await using scene = await midStream();
      scene.program.signal(signal);
      await scene.program.logged(new RegExp(`${signal}: .*config\\.yaml is read again`));
      await scene.program.logged(/config\.yaml is as it was\./);
      scene.release();
      const got = await scene.caller.reply();
      assert.deepEqual([textOf(got), got.ending], [CONTENT + DONE, "whole"]);
      scene.program.signal("SIGTERM");
      assert.equal((await scene.program.exited).code, 0);
    },
  });
}

Deno.test({
  name: "cases 14: SIGHUP puts what was saved in force, and tells of errors each time",
  ignore,
  async fn() {
    await using serving = await startServing();
    const { home: { configFile }, program } = serving;
    const yaml = await Deno.readTextFile(configFile);
    await Deno.writeTextFile(configFile, `${yaml}\nlimits: { drain_seconds: 7 }\n`);
    program.signal("SIGHUP");
    await program.logged(/Reloaded .*config\.yaml/);
    await Deno.writeTextFile(configFile, `${yaml}\nlimits: { drain_seconds: soon }\n`);
    await program.logged(/drain_seconds: .*\n.*was not loaded/);
    program.signal("SIGHUP");
    await program.logged(/was not loaded[\s\S]*SIGHUP[\s\S]*drain_seconds: .*\n.*was not loaded/);
    assert.equal((await callRaw(program.url, CALL)).status, 200);
  },
});

Deno.test({
  name: "cases 14: a general log that was moved away is begun anew at SIGHUP, as logrotate has it",
  ignore,
  async fn() {
    await using serving = await startServing();
    const { home: { directory }, program } = serving;
    const log = `${directory}/logs/proxy.log`;
    await textIn(log, /Started/);
    await Deno.rename(log, `${log}.1`);
    program.signal("SIGHUP");
    const anew = await textIn(log, /SIGHUP/);
    assert.doesNotMatch(anew, /Started/);
    assert.doesNotMatch(await Deno.readTextFile(`${log}.1`), /SIGHUP/);
  },
});

Deno.test({
  name: "cases 14: SIGQUIT lets a stream end, and SIGHUP meanwhile cuts nothing short",
  ignore,
  async fn() {
    await using scene = await midStream();
    scene.program.signal("SIGQUIT");
    await scene.program.logged(/SIGQUIT: no new connections/);
    scene.program.signal("SIGHUP");
    scene.release();
    assert.equal((await scene.caller.reply()).ending, "whole");
    assert.equal((await scene.program.exited).code, 0);
  },
});

for (const signal of ["SIGUSR2", "SIGALRM", "SIGXFSZ", "SIGPIPE"] as const) {
  Deno.test({
    name: `cases 14: ${signal} does not end the program`,
    ignore,
    async fn() {
      await using serving = await startServing();
      const { program } = serving;
      program.signal(signal);
      program.signal("SIGUSR2");
      await program.logged(/SIGUSR2 means nothing here/);
      assert.equal((await callRaw(program.url, CALL)).status, 200);
    },
  });
}

/** What a backend says while the program is suspended, and the time-out that ends meanwhile. */
const SAID_MEANWHILE = {
  "its head": ["timeouts: { first_byte_seconds: 0.5 }", "", ANSWER],
  "its first content": [
    "timeouts: { first_content_seconds: 0.5 }",
    STREAM_HEAD,
    chunk(CONTENT + DONE) + chunk(""),
  ],
  "what comes after the first content": [
    "timeouts: { idle_seconds: 0.5 }",
    STREAM_HEAD + chunk(CONTENT),
    chunk(DONE) + chunk(""),
  ],
} as const;

for (const [what, [timeouts, before, meanwhile]] of Object.entries(SAID_MEANWHILE)) {
  Deno.test({
    name: `cases 14: a suspended program calls no backend silent that has said ${what}`,
    ignore,
    async fn() {
      const [asked, released, said] = [0, 1, 2].map(() => Promise.withResolvers<void>());
      await using slow = await startPeer(async ({ write }) => {
        await write(before);
        asked?.resolve();
        await released?.promise;
        await write(meanwhile);
        said?.resolve();
      });
      await using other = await startReplier(ANSWER);
      await using home = await makeHome(chain({ slow, other }, timeouts));
      await using program = await startProgram(["-config", home.configFile]);
      const called = callRaw(program.url, { body: `{"model":"chat","stream":${before !== ""}}` });
      await asked?.promise;
      program.signal("SIGSTOP");
      released?.resolve();
      await said?.promise;
      // Nothing tells that the time is up but the time.
      await new Promise((resolve) => setTimeout(resolve, 3_500));
      program.signal("SIGCONT");
      assert.deepEqual([(await called).status, (await called).ending], [200, "whole"]);
      await program.logged(/-> slow .*complete/);
      assert.equal(other.requests.length, 0);
    },
  });
}

const why = noTerminal();

/** Runs where there is a terminal to be had, and says why not where there is none. */
function onTerminal(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: why === undefined ? name : `${name} (left out: ${why})`,
    ignore: why !== undefined,
    fn,
  });
}

for (const to of ["true", "head -n 1"]) {
  onTerminal(`cases 14: whoever reads the program's output may leave: | ${to}`, async () => {
    await using backend = await startReplier(ANSWER);
    await using home = await makeHome(chain({ backend }));
    const within = ["sh", "-c", `{ "$@" 2>&1 & echo $! > pid; wait; } | ${to}; read -r _`, "sh"];
    await using started = await startOnTerminal(["-config", home.configFile], {
      cwd: home.directory,
      within,
    });
    const log = `${home.directory}/logs/proxy.log`;
    const [, url = ""] = /listening on (http:\S+\d)/.exec(await textIn(log, /Started/)) ?? [];
    const pid = Number(await textIn(`${home.directory}/pid`, /\d\n/));
    try {
      assert.equal((await callRaw(url, CALL)).status, 200);
      Deno.kill(pid, "SIGHUP");
      await textIn(log, /SIGHUP/);
      assert.equal((await callRaw(url, CALL)).status, 200);
      await textIn(log, /200[\s\S]*200/);
    } finally {
      Deno.kill(pid, "SIGTERM");
    }
    await textIn(log, /Stopped/);
    await started.close();
  });
}

onTerminal("cases 14: a closed terminal lets a stream end, and the program exits 0", async () => {
  const started: { code?: Promise<number>; close?: () => Promise<void> } = {};
  await using scene = await midStream(async (args) => {
    const program = await startOnTerminal(args);
    Object.assign(started, program);
    const [, url = ""] = await program.shown(/listening on (http:\S+\d)/);
    return {
      ...program,
      url,
      logged: (p) => program.shown(p).then(() => {}),
      log: "",
      exited: never(),
    };
  });
  const log = `${scene.home.directory}/logs/proxy.log`;
  await started.close?.();
  await textIn(log, /SIGHUP \(the terminal has gone\): no new connections/);
  scene.release();
  assert.equal((await scene.caller.reply()).ending, "whole");
  assert.equal(await started.code, 0);
});

function never(): Promise<never> {
  return new Promise(() => {});
}

onTerminal(
  "cases 14: SIGHUP from elsewhere reads again where the terminal is still there",
  async () => {
    await using backend = await startReplier(ANSWER);
    await using home = await makeHome(chain({ backend }));
    await using program = await startOnTerminal(["-config", home.configFile]);
    await program.shown(/Started/);
    program.signal("SIGHUP");
    await program.shown(/config\.yaml is as it was/);
    program.signal("SIGINT");
    assert.equal(await program.code, 0);
  },
);

onTerminal("cases 14: nohup outlives its terminal, whose SIGHUP reads again", async () => {
  await using backend = await startReplier(ANSWER);
  await using home = await makeHome(chain({ backend }));
  const { configFile, directory: cwd } = home;
  const within = ["nohup"];
  await using program = await startOnTerminal(["-config", configFile], { within, cwd });
  const log = `${cwd}/logs/proxy.log`;
  const [, url = ""] = /listening on (http:\S+\d)/.exec(await textIn(log, /Started/)) ?? [];
  await program.close();
  await textIn(log, /SIGHUP: .* read again[\s\S]*as it was/);
  program.signal("SIGHUP");
  await textIn(log, /as it was[\s\S]*as it was/);
  assert.equal((await callRaw(url, CALL)).status, 200);
  program.signal("SIGTERM");
  assert.equal(await program.code, 0);
});
