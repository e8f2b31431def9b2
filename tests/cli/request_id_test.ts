/** The id of a log line as an argument: `cases 14`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { explainRequest } from "../../lib/cli/explain_request.ts";
import { replay } from "../../lib/cli/replay.ts";
import { startStage } from "../admin/stage.ts";
import { callRaw } from "../caller.ts";
import { reply, startPeer } from "../peer.ts";

const ANSWER = reply(200, `{"choices":[{"message":{"content":"Servus"}}]}`);
const CALL = { target: "/v1/chat/completions", body: `{"model":"chat"}` };

/** A proxy that has served one request, after a backend that failed. */
async function served() {
  const stack = new AsyncDisposableStack();
  const first = stack.use(await startPeer(({ write }) => write(reply(503, "no"))));
  const second = stack.use(await startPeer(({ write }) => write(ANSWER)));
  const yaml = `backends:
  - { name: one, url: "${first.url}/v1", auth: passthrough }
  - { name: two, url: "${second.url}/v1", auth: passthrough }
models: { chat: [{ backend: one, model: real }, { backend: two, model: other, priority: 2 }] }
fallback: { stored_ids_file: "" }
`;
  const stage = stack.use(await startStage(`${yaml}admin: { listen: "127.0.0.1:0" }\n`));
  const config = join(stage.directory, "config.yaml");
  const { host } = new URL(stage.url);
  const admin = new URL(stage.admin.url).host;
  await Deno.writeTextFile(config, `listen: "${host}"\n${yaml}admin: { listen: "${admin}" }\n`);
  await callRaw(stage.url, CALL);
  await stage.state.journal.flush();
  await stage.state.history.flush();
  const directory = join(stage.directory, "logs", "requests");
  const [{ name } = { name: "" }] = await Array.fromAsync(Deno.readDir(directory));
  const id = /_([\da-f]{8})\.log$/.exec(name)?.[1] ?? assert.fail(name);
  return {
    stage,
    second,
    config,
    id,
    name,
    directory,
    async replayed(file: string) {
      const [out, err]: string[][] = [[], []];
      const io = {
        out: (line: string) => void out?.push(line),
        err: (line: string) => void err?.push(line),
        write: () => Promise.resolve(),
        env: () => undefined,
      };
      const code = await replay({ file, config, backend: undefined, curl: true }, io);
      return { code, out: out?.join("\n") ?? "", err: err?.join("\n") ?? "" };
    },
    async explained(given: string, json = false) {
      const lines: string[] = [];
      const screen = {
        out: (line: string) => void lines.push(line),
        err: (line: string) => void lines.push(`! ${line}`),
        write: () => {},
        coloured: false,
      };
      const code = await explainRequest({ id: given, config, json, env: () => undefined }, screen);
      return { code, text: lines.join("\n") };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("cases 14: replay takes the id of a log line, in brackets, in capitals, or how it begins", async () => {
  await using scene = await served();
  const { id } = scene;
  for (const given of [id, `[${id}]`, id.toUpperCase(), id.slice(0, 4)]) {
    const { code, out, err } = await scene.replayed(given);
    assert.deepEqual([code, err], [0, ""], given);
    assert.match(out, /^curl .*\/v1\/chat\/completions/);
  }
});

Deno.test("cases 14: replay names the files where an id's beginning is that of several", async () => {
  await using scene = await served();
  const other = scene.name.replace(scene.id, `${scene.id.slice(0, 4)}ffff`);
  await Deno.copyFile(join(scene.directory, scene.name), join(scene.directory, other));
  const { code, err } = await scene.replayed(scene.id.slice(0, 4));
  assert.equal(code, 1);
  assert.match(err, /2 requests have such an id; name one of the files: .*\.log, .*ffff\.log/);
});

Deno.test("cases 14: replay says what is missing where the log is gone, and what the history has", async () => {
  await using scene = await served();
  await Deno.remove(join(scene.directory, "..", "requests"), { recursive: true });
  await Deno.remove(join(scene.directory, "..", "errors"), { recursive: true });
  const { code, err } = await scene.replayed(`[${scene.id}]`);
  assert.equal(code, 1);
  assert.match(
    err,
    /cannot be sent again: no log of it is in .*logs\/requests or .*logs\/errors; the history has .*POST \/v1\/chat\/completions chat -> two 200, whose log is deleted by now/,
  );
  const unknown = await scene.replayed("00000000");
  assert.match(unknown.err, /the history \(.*history\.db\) does not know it either/);
});

Deno.test("cases 14: a file of that name comes before an id, and what is neither is a missing file", async () => {
  await using scene = await served();
  const missing = await scene.replayed("no-such-file.log");
  assert.match(missing.err, /^no-such-file\.log cannot be sent again: the file does not exist/);
});

Deno.test("cases 14: explain -id tells what became of a request, and where it would go now", async () => {
  await using scene = await served();
  for (const given of [scene.id, `[${scene.id}]`, scene.id.slice(0, 5)]) {
    const { code, text } = await scene.explained(given);
    assert.equal(code, 0, text);
    assert.match(
      text,
      /^\S+Z POST \/v1\/chat\/completions chat -> two 200, complete after \d+ ms\n/,
    );
    assert.match(
      text,
      /\n {2}1\. one \(real\): status 503.*cools for \d+ s\n {2}2\. two \(other\): status 200\n\n/,
    );
    assert.match(text, /\nchat \(weighted\)\n[\s\S]*one \(real\).*out: cooling/);
  }
  const { attempts, now } = JSON.parse((await scene.explained(scene.id, true)).text);
  assert.deepEqual([attempts.length, now.model], [2, "chat"]);
});

Deno.test("cases 14: explain -id says what it does not know", async () => {
  await using scene = await served();
  assert.match(
    (await scene.explained("00000000")).text,
    /^! There is no such request: it is older/,
  );
  assert.match(
    (await scene.explained("0000")).text,
    /^! No request is known whose id begins with 0000\./,
  );
  assert.match(
    (await scene.explained("chat")).text,
    /^! "chat" is no id of a request: 8 hexadecimal/,
  );
});
