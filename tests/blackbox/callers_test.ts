import assert from "node:assert/strict";
import { callRaw } from "../caller.ts";
import { reply, startReplier } from "../peer.ts";
import { isOneClearLine } from "./one_clear_line.ts";
import { makeHome, runProgram, startProgram } from "./program.ts";

const BACKENDS = `backends:
  - { name: own, url: "http://127.0.0.1:9", auth: inject, api_key: "\${file:./backend.key}" }
  - { name: theirs, url: "http://127.0.0.1:9" }
models: { chat: [{ backend: own, model: m }, { backend: theirs, model: m, priority: 2 }] }
`;
const CLIENTS = `clients: [{ name: laptop, key: "\${PROXY_KEY}" }]\n`;
const ENV = { PROXY_KEY: "canary-proxy-key" };

/** A home with a backend's key in a file. */
async function homeWith(yaml: string) {
  const home = await makeHome(yaml);
  await Deno.writeTextFile(`${home.directory}/backend.key`, "canary-backend-key\n");
  return home;
}

Deno.test("check names the three ways out where anybody could spend a key", async () => {
  await using home = await homeWith(`listen: ":0"\n${BACKENDS}`);
  const ended = await runProgram(["check", "-config", home.configFile]);
  const ways =
    /:1:9: listen: must be a loopback address: .*add clients.*127\.0\.0\.1.*clients: \[\]/;
  isOneClearLine(ended, ways);
  isOneClearLine(await runProgram(["-config", home.configFile]), ways);
});

Deno.test("check warns of a backend that gets no credential, and shows no key", async () => {
  await using home = await homeWith(`listen: ":0"\n${CLIENTS}${BACKENDS}`);
  const options = { env: ENV };
  const { code, stdout, stderr } = await runProgram(["check", "-config", home.configFile], options);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /^warning: [^\n]*: backends\[1\]\.auth: backend "theirs" gets no cred[^\n]*\n$/,
  );
  assert.doesNotMatch(stdout + stderr, /canary/);
});

Deno.test("check warns of a proxy that is open to anybody on purpose", async () => {
  await using home = await homeWith(`listen: ":0"\nclients: []\n${BACKENDS}`);
  const { code, stderr } = await runProgram(["check", "-config", home.configFile]);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /^warning: [^\n]*: clients: is empty, so whoever reaches the port spends[^\n]*\n$/,
  );
});

Deno.test("the program knows its callers, warns at its start, and writes no key anywhere", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using home = await homeWith(
    CLIENTS + BACKENDS.replaceAll("http://127.0.0.1:9", backend.url) +
      `logging: { general_file: "all.log", level: debug }\n`,
  );
  await using program = await startProgram(["-config", home.configFile], { env: ENV });
  await program.logged(/WARN .*backends\[1\]\.auth: backend "theirs" gets no credential/);
  const call = { body: `{"model":"chat"}` };
  assert.equal((await callRaw(program.url, call)).status, 401);
  await program.logged(/WARN .*Turned away 127\.0\.0\.1:\d+: 401 missing_key/);
  const lines = [`x-api-key: ${ENV.PROXY_KEY}`];
  assert.equal((await callRaw(program.url, { ...call, lines })).status, 200);
  assert.match(backend.requests[0]?.head ?? "", /^x-api-key: canary-backend-key$/m);
  assert.doesNotMatch(backend.requests[0]?.head ?? "", /canary-proxy-key/);
  program.signal("SIGTERM");
  const { stdout, stderr } = await program.exited;
  assert.match(stderr, /\(laptop\) chat -> own \(m\) 200/);
  const logs = [...Deno.readDirSync(`${home.directory}/logs/requests`)].map(({ name }) => {
    return Deno.readTextFileSync(`${home.directory}/logs/requests/${name}`);
  });
  assert.equal(logs.length, 1);
  const general = await Deno.readTextFile(`${home.directory}/all.log`);
  assert.doesNotMatch([stdout, stderr, general, ...logs].join("\n"), /canary/);
});
