import assert from "node:assert/strict";
import { join } from "node:path";
import zlib from "node:zlib";
import { callRaw, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import { rawReply, reply, type Script, startPeer, startReplier } from "../peer.ts";
import { type Exit, type Home, makeHome, type Program, startProgram } from "./program.ts";

const CALL = { body: `{"model":"chat","messages":[{"content":"a prompt"}]}` };

async function stop(program: Program): Promise<Exit> {
  program.signal("SIGTERM");
  return await program.exited;
}

function names({ directory }: Home, kind: string): string[] {
  try {
    return [...Deno.readDirSync(join(directory, "logs", kind))].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

Deno.test("the program writes a file a request, a copy of it only when an attempt failed", async () => {
  await using failing = await startReplier(reply(503, `{"error":"overloaded"}`));
  await using good = await startReplier(reply(200, `{"answer":42}`));
  await using home = await makeHome(chain({ failing, good }));
  await using program = await startProgram(["-config", home.configFile]);
  for (let i = 0; i < 2; i++) await callRaw(program.url, CALL);
  await stop(program);
  const requests = names(home, "requests");
  assert.equal(requests.length, 2);
  for (const name of requests) {
    assert.match(name, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z_[0-9a-f]{8}\.log$/);
  }
  assert.deepEqual(names(home, "errors"), requests.slice(0, 1));
  const read = (kind: string) =>
    Deno.readTextFile(join(home.directory, "logs", kind, requests[0] ?? ""));
  const log = await read("requests");
  assert.equal(await read("errors"), log);
  for (const part of ["a prompt", `{"error":"overloaded"}`, `{"answer":42}`, "503", "complete"]) {
    assert.ok(log.includes(part), part);
  }
});

/** Credentials, each told from the others and of a shape that vendors use or used. */
const CANARIES = {
  bearer: "sk-proj-CANARYbearer7Qw9Zx2Lp5Rt8Vn3",
  anthropic: "sk-ant-api03-CANARYanthropic4Hs6Jd1Kf",
  google: "AIzaSyCANARYgoogle9Bv5Nc2Mx7Zl4Kj1Hg",
  azure: "CANARYazure3d8f1a6b9c2e5d7f0a4b8c1e",
  cookie: "CANARYcookie6Yt4Re2Wq8Ui1Op5As7Df",
  query: "AIzaSyCANARYquery1Gf7Hd3Js9Ka5Lq8We",
  member: "CANARYmember-no-shape-at-all-5521",
  prompt: "sk-CANARYprompt2Fg5Hj8Kl1Qw4Er7Ty9Ui",
  configured: "sk-CANARYconfigured8Zx1Cv4Bn7Mq2Wd5",
  proxy: "dXNlcjpDQU5BUllwcm94eTdIajNLZjlMczI=",
} as const;

const HEADERS = [
  `Authorization: Bearer ${CANARIES.bearer}`,
  `x-api-key: ${CANARIES.anthropic}`,
  `x-goog-api-key: ${CANARIES.google}`,
  `api-key: ${CANARIES.azure}`,
  `Cookie: session=${CANARIES.cookie}`,
  `Proxy-Authorization: Basic ${CANARIES.proxy}`,
];

const BODY = JSON.stringify({
  model: "chat",
  api_key: CANARIES.member,
  messages: [{ content: `my key is ${CANARIES.prompt}, do not tell` }],
});

/** All but the one that nothing tells from a word, where no name stands beside it. */
const { member: _, ...RECOGNISABLE } = CANARIES;

/** A backend that quotes every credential it was sent, and more, in its errors. */
const echo: Script = async ({ request, write }) => {
  const quoted = JSON.stringify({
    error: { message: `Incorrect API key: ${request.head}`, body: textOf(request) },
    also: Object.values(RECOGNISABLE),
  });
  await write(rawReply(401, [`X-Echo: ${CANARIES.bearer}`], quoted));
};

const echoCompressed: Script = async ({ request, write }) => {
  const quoted = `{"error":${JSON.stringify(request.head)},"all":"${Object.values(RECOGNISABLE)}"}`;
  const body = zlib.gzipSync(quoted);
  await write(rawReply(500, ["Content-Encoding: gzip", "Content-Type: application/json"], body));
};

const STREAM_ECHO =
  `data: {"choices":[{"delta":{"content":"x"}}],"key":"${CANARIES.bearer}","cookie":"${CANARIES.cookie}"}\n\ndata: [DONE]\n\n`;

/** The middle of each credential: what a mask that keeps both ends must have taken out. */
const MIDDLES = Object.entries(CANARIES).map(([name, key]) => [name, key.slice(8, -6)] as const);

async function readAll(directory: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) texts.push(...await readAll(path));
    else if (entry.name !== "config.yaml") texts.push(await Deno.readTextFile(path));
  }
  return texts;
}

Deno.test("the program writes no credential to any log, whoever sends or quotes it", async () => {
  await using unsure = await startPeer(echo);
  await using failing = await startPeer(echoCompressed);
  await using streaming = await startReplier(rawReply(200, [], STREAM_ECHO));
  await using home = await makeHome(`
backends:
  - { name: unsure, url: "${unsure.url}", api_key: "${CANARIES.configured}" }
  - { name: failing, url: "${failing.url}" }
  - { name: streaming, url: "${streaming.url}" }
models:
  chat:
    - { backend: unsure, model: m, priority: 1 }
    - { backend: failing, model: m, priority: 2 }
    - { backend: streaming, model: m, priority: 3 }
detection: { error_codes: [401, 500] }
logging: { level: "debug" }
`);
  await using program = await startProgram(["-config", home.configFile]);
  const target = `/v1/chat/completions?key=${CANARIES.query}&alt=sse`;
  const got = await callRaw(program.url, { target, lines: HEADERS, body: BODY });
  assert.equal(textOf(got), STREAM_ECHO);
  await callRaw(program.url, { target, lines: HEADERS, body: `{"api_key":"${CANARIES.member}"}` });
  const { stdout, stderr } = await stop(program);
  const texts = [stdout, stderr, ...await readAll(join(home.directory, "logs"))];
  assert.equal(texts.length, 7);
  for (const text of texts) {
    for (const [name, middle] of MIDDLES) assert.ok(!text.includes(middle), `${name} in ${text}`);
  }
  assert.deepEqual(
    streaming.requests[0]?.headers.filter(([, v]) => v.includes("CANARY")).length,
    5,
  );
});

Deno.test("the program serves when it cannot write its logs, and warns of each once", async () => {
  await using backend = await startReplier(reply(503, "{}"));
  await using home = await makeHome(chain({ backend }));
  await Deno.writeTextFile(join(home.directory, "logs"), "a file where the directory should be");
  await using program = await startProgram(["-config", home.configFile]);
  for (let i = 0; i < 3; i++) assert.equal((await callRaw(program.url, CALL)).status, 503);
  const { code, stderr } = await stop(program);
  assert.equal(code, 0);
  for (const key of ["request_dir", "error_dir", "general_file"]) {
    const warnings = stderr.match(
      new RegExp(` WARN .*logging\\.${key}: cannot write to .*logs`, "g"),
    );
    assert.equal(warnings?.length, 1, stderr);
  }
  const lost = stderr.match(/ WARN .*Request logs are being lost/g) ?? [];
  assert.ok(lost.length >= 1 && lost.length <= 2, `at most one line a directory: ${stderr}`);
});

Deno.test("the program writes no log that is turned off", async () => {
  await using backend = await startReplier(reply(503, "{}"));
  const logging = `logging: { request_dir: "", error_dir: "", general_file: "" }`;
  const off = `${logging}\nhistory: { file: "" }`;
  await using home = await makeHome(chain({ backend }, off));
  await using program = await startProgram(["-config", home.configFile]);
  await callRaw(program.url, CALL);
  await stop(program);
  assert.deepEqual([...Deno.readDirSync(home.directory)].map(({ name }) => name), ["config.yaml"]);
});

Deno.test({
  name: "H15: the program follows no link at its log or ids, says so once, and serves on",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using backend = await startReplier(reply(200, `{"ok":1}`));
    await using home = await makeHome(chain({ backend }));
    const theirs = `${home.directory}/theirs`;
    await Deno.writeTextFile(theirs, "");
    await Deno.mkdir(`${home.directory}/logs`);
    await Deno.symlink(theirs, `${home.directory}/logs/proxy.log`);
    await using program = await startProgram(["-config", home.configFile]);
    await program.logged(
      /Cannot write the general log .*symbolic link.*Lines go to the console/,
    );
    for (let i = 0; i < 3; i++) {
      assert.equal((await callRaw(program.url, { body: `{"model":"chat"}` })).status, 200);
    }
    program.signal("SIGTERM");
    const { code, stderr } = await program.exited;
    assert.equal(code, 0);
    const [running = "", ending] = stderr.split("Not written: ");
    assert.equal(running.match(/symbolic link/g)?.length, 1);
    assert.match(ending ?? "", /^\d+ lines of the general log: .*symbolic link/);
    assert.equal(await Deno.readTextFile(theirs), "");
  },
});

Deno.test({
  name: "H15: /dev/stdout and /dev/stderr as a log mean the program's own",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using backend = await startReplier(reply(200, `{"ok":1}`));
    for (const file of ["/dev/stdout", "/dev/stderr"]) {
      const yaml = chain({ backend }, `logging: { general_file: ${file} }`);
      await using home = await makeHome(yaml);
      await using program = await startProgram(["-config", home.configFile]);
      assert.equal((await callRaw(program.url, { body: `{"model":"chat"}` })).status, 200);
      program.signal("SIGTERM");
      const { code, stdout, stderr } = await program.exited;
      assert.equal(code, 0);
      assert.doesNotMatch(stderr, /Cannot write|cannot write/);
      const count = (text: string) => text.match(/ INFO +Started with /g)?.length ?? 0;
      assert.deepEqual([count(stdout), count(stderr)], [file === "/dev/stdout" ? 1 : 0, 1]);
    }
  },
});
