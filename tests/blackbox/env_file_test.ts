/** `.env` beside the configuration of a whole program. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { callRaw, type RawReply } from "../caller.ts";
import { type Peer, reply, startReplier } from "../peer.ts";
import { type Home, makeHome, runProgram, startProgram } from "./program.ts";
import { onLinux } from "./two_loops.ts";

const FIRST = "canary-one-of-plain-words";
const SECOND = "canary-two-of-plain-words";
const CALL = { body: `{"model":"chat"}` };

interface Scene extends AsyncDisposable {
  readonly backend: Peer;
  readonly home: Home;
  readonly write: (text: string) => Promise<void>;
}

async function startScene(more = ""): Promise<Scene> {
  const stack = new AsyncDisposableStack();
  const backend = stack.use(await startReplier(reply(200, `{"ok":1}`)));
  const one = `name: one, url: "${backend.url}", auth: inject, api_key: "\${KEY}"`;
  const home = stack.use(
    await makeHome(`backends: [{ ${one} }]
models: { chat: [{ backend: one, model: "\${MODEL:-plain}" }] }
logging: { level: debug }
${more}`),
  );
  return {
    backend,
    home,
    write: (text) => Deno.writeTextFile(join(home.directory, ".env"), text, { mode: 0o600 }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const keyOf = ({ requests }: Peer) =>
  requests.at(-1)?.headers.find(([name]) => name.toLowerCase() === "authorization")?.[1];

/** Every text that the program wrote. */
async function writtenIn(directory: string): Promise<string> {
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = join(directory, name);
    texts.push(isDirectory ? await writtenIn(path) : await Deno.readTextFile(path));
  }
  return texts.join("\n");
}

for (const [loops, when] of [[1, {}], [2, onLinux]] as const) {
  Deno.test(
    `.env gives ${loops} event loops their keys, and a change counts from the next request`,
    when,
    async () => {
      await using scene = await startScene(`workers: ${loops}`);
      const { backend, home } = scene;
      await scene.write(`KEY=${FIRST}\n`);
      await using program = await startProgram(["-config", home.configFile]);
      const calls = async (): Promise<readonly RawReply[]> => {
        // More than one, so that another event loop has its turn.
        return await Promise.all(Array.from({ length: 8 }, () => callRaw(program.url, CALL)));
      };
      assert.ok((await calls()).every(({ status }) => status === 200));
      assert.equal(keyOf(backend), `Bearer ${FIRST}`);
      await scene.write(`KEY='${SECOND}'\r\nMODEL=${FIRST}\n`);
      await program.logged(/Reloaded /);
      assert.ok((await calls()).every(({ status }) => status === 200));
      assert.equal(keyOf(backend), `Bearer ${SECOND}`);
      program.signal("SIGTERM");
      const { stdout, stderr } = await program.exited;
      const logs = await writtenIn(join(home.directory, "logs"));
      assert.match(logs, /chat/);
      assert.doesNotMatch(logs + stdout + stderr, /canary-(?:one|two)-of-plain-words/);
    },
  );
}

Deno.test("nothing in .env becomes the program's own environment", async () => {
  await using scene = await startScene();
  await scene.write(
    `KEY=${FIRST}\nHTTP_PROXY=http://127.0.0.1:1\nhttp_proxy=http://127.0.0.1:1\n` +
      "ALL_PROXY=http://127.0.0.1:1\nOTEL_DENO=true\nNODE_DEBUG=*\nDENO_LOG=debug\n",
  );
  const { configFile, directory } = scene.home;
  // A name that is not on this machine: there a proxy would be asked.
  const elsewhere = (await Deno.readTextFile(configFile)).replace(
    "backends: [",
    `backends: [{ name: far, url: "http://far.invalid" }, `,
  ).replace("chat: [", "chat: [{ backend: far, model: m, priority: 0 }, ");
  await Deno.writeTextFile(configFile, elsewhere);
  await using program = await startProgram(["-config", configFile]);
  assert.equal((await callRaw(program.url, CALL)).status, 200);
  await program.logged(/\.env:2:1: HTTP_PROXY: does nothing here/);
  program.signal("SIGTERM");
  await program.exited;
  const requests = await writtenIn(join(directory, "logs", "requests"));
  assert.match(requests, /far\.invalid/);
  assert.doesNotMatch(requests, /proxy 127\.0\.0\.1:1|127\.0\.0\.1:1\b(?!\d)/);
});

Deno.test("check, explain and replay read .env as the proxy does", async () => {
  await using scene = await startScene();
  const { backend, home: { configFile, directory } } = scene;
  const yaml = await Deno.readTextFile(configFile);
  const listening = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listening.addr;
  listening.close();
  const admin = `admin: { listen: "127.0.0.1:${port}", token: "\${TOKEN}" }`;
  await Deno.writeTextFile(configFile, yaml.replace(/^admin:.*$/m, admin));
  await scene.write(`KEY=${FIRST}\nTOKEN=a-token-of-some-length\n`);
  const run = (...args: string[]) =>
    runProgram([...args, "-config", configFile], { env: { MODEL: "x" } });
  assert.deepEqual((await run("check")).code, 0);
  await using program = await startProgram(["-config", configFile]);
  await program.logged(/Dashboard on/);
  const explained = await run("explain", "chat");
  assert.equal(explained.code, 0, explained.stderr);
  await callRaw(program.url, CALL);
  program.signal("SIGTERM");
  await program.exited;
  const [log] = [...Deno.readDirSync(join(directory, "logs", "requests"))];
  const file = join(directory, "logs", "requests", log?.name ?? "");
  const again = await run("replay", file, "-backend", "one");
  assert.equal(again.code, 0, again.stderr);
  assert.equal(keyOf(backend), `Bearer ${FIRST}`);
});

Deno.test("check names each variable of .env that the environment overrides, and no value", async () => {
  await using scene = await startScene();
  await scene.write(`KEY=${FIRST}\nMODEL=${SECOND}\n`);
  const { code, stdout, stderr } = await runProgram(["check", "-config", scene.home.configFile], {
    env: { KEY: "sk-0123456789", MODEL: SECOND },
  });
  assert.equal(code, 0);
  assert.match(stderr, /^warning: .*\.env:1:1: KEY: is set in the environment, which overrides/m);
  assert.match(stderr, /^warning: .*\.env:2:1: MODEL: is set in the environment/m);
  assert.doesNotMatch(stdout + stderr, /canary|sk-0123456789/);
});
