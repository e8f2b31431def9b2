/** The program while files that it reads vanish, all change at once, or its directory goes: from outside. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { callRaw, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import { KEY, RIGHT } from "../faults/certificates.ts";
import { reply, startReplier } from "../peer.ts";
import { makeHome, onFreePort, type Program, startProgram, withoutAdmin } from "./program.ts";

const posix = { ignore: Deno.build.os === "windows" };
const ANSWER = `{"ok":1}`;
const TLS = `tls: { cert: ./cert.pem, key: ./key.pem }`;
const CLIENTS = 'clients: [{ name: laptop, key: "${file:./laptop.key}" }]';

type Files = Readonly<Record<string, string>>;

/** What the configuration names, with a key of the caller's. */
function sources(key: string): Files {
  return { "laptop.key": `${key}\n`, "cert.pem": RIGHT, "key.pem": KEY };
}

async function write(directory: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(directory, name), text);
  }
}

async function statusWith(program: Program, key: string): Promise<number> {
  const lines = [`x-api-key: ${key}`];
  return (await callRaw(program.url, { body: `{"model":"chat"}`, lines })).status;
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(new RegExp(pattern, "g"))].length;
}

const DELETED: Readonly<Record<string, RegExp>> = {
  "laptop.key": /ERROR .*config\.yaml:\d+:\d+: clients\[0\]\.key: .*laptop\.key.* does not exist/,
  "cert.pem": /ERROR .*config\.yaml:\d+:\d+: tls\.cert: the file \.\/cert\.pem does not exist/,
  "key.pem": /ERROR .*config\.yaml:\d+:\d+: tls\.key: the file \.\/key\.pem does not exist/,
};

for (const [name, line] of Object.entries(DELETED)) {
  Deno.test(
    `cases 14: the program goes on where ${name} is deleted, says so once, and takes it when it is back`,
    posix,
    async () => {
      await using good = await startReplier(reply(200, ANSWER));
      await using home = await makeHome(chain({ good }, `${TLS}\n${CLIENTS}`));
      await write(home.directory, sources("canary-key-one"));
      await using program = await startProgram(["-config", home.configFile]);
      await Deno.remove(join(home.directory, name));
      await program.logged(line);
      await program.logged(/was not loaded; the configuration in force stays\./);
      assert.equal(await statusWith(program, "canary-key-one"), 200);
      await write(home.directory, sources("canary-key-two"));
      await program.logged(/Reloaded .*reload 1 since/);
      assert.deepEqual(
        [await statusWith(program, "canary-key-two"), await statusWith(program, "canary-key-one")],
        [200, 401],
      );
      assert.equal(count(program.log, line), 1, program.log);
    },
  );
}

Deno.test(
  "cases 14: configuration, secret and certificate that are swapped at once count as one change",
  posix,
  async () => {
    await using old = await startReplier(reply(200, `{"from":"old"}`));
    await using next = await startReplier(reply(200, `{"from":"next"}`));
    await using home = await makeHome();
    const link = join(home.directory, "..data");
    const lay = async (name: string, good: { readonly url: string }, key: string) => {
      const directory = join(home.directory, name);
      await Deno.mkdir(directory);
      await write(directory, {
        ...sources(key),
        "config.yaml": withoutAdmin(onFreePort(chain({ good }, `${TLS}\n${CLIENTS}`))),
      });
      await Deno.symlink(name, `${link}.new`);
      await Deno.rename(`${link}.new`, link);
    };
    await lay("..v1", old, "canary-key-one");
    for (const name of ["config.yaml", ...Object.keys(sources(""))]) {
      await Deno.symlink(join("..data", name), join(home.directory, name));
    }
    await using program = await startProgram(["-config", home.configFile]);
    assert.equal(await statusWith(program, "canary-key-one"), 200);
    await lay("..v2", next, "canary-key-two");
    await Deno.remove(join(home.directory, "..v1"), { recursive: true });
    await program.logged(/Reloaded .*reload 1 since/);
    const lines = ["x-api-key: canary-key-two"];
    const got = await callRaw(program.url, { body: `{"model":"chat"}`, lines });
    assert.deepEqual([got.status, textOf(got)], [200, `{"from":"next"}`]);
    assert.equal(await statusWith(program, "canary-key-one"), 401);
    assert.equal(count(program.log, /Reloaded /), 1, program.log);
    assert.equal(count(program.log, /ERROR|the file is gone|was not loaded/), 0, program.log);
  },
);

Deno.test(
  "cases 14: the program goes on where its working directory is deleted, and reads what is saved there later",
  posix,
  async () => {
    await using good = await startReplier(reply(200, ANSWER));
    const yaml = chain({ good }, `logging: { general_file: "./logs/all.log" }`);
    await using home = await makeHome(yaml);
    await using program = await startProgram(["-config", "config.yaml"], { cwd: home.directory });
    assert.equal(await statusWith(program, "any"), 200);
    program.signal("SIGHUP");
    await program.logged(/is as it was\./);
    await Deno.remove(home.directory, { recursive: true });
    await program.logged(/config\.yaml: the file is gone; its last configuration stays in force/);
    await program.logged(/The general log \S+all\.log was deleted/);
    await program.logged(/The history \S+ was deleted/);
    assert.equal(await statusWith(program, "any"), 200);
    const more = `${yaml}\nclients: [{ name: laptop, key: canary-key-one }]`;
    await Deno.writeTextFile(home.configFile, withoutAdmin(onFreePort(more)));
    await program.logged(/Reloaded .*reload 1 since/);
    assert.equal(await statusWith(program, "canary-key-one"), 200);
    program.signal("SIGTERM");
    const { code, stderr } = await program.exited;
    assert.equal(code, 0);
    for (const line of [/the file is gone/, /The general log \S+ was/, /The history \S+ was/]) {
      assert.equal(count(stderr, line), 1, stderr);
    }
    assert.equal([...Deno.readDirSync(join(home.directory, "logs/requests"))].length, 2);
    assert.match(await Deno.readTextFile(join(home.directory, "logs/all.log")), /Stopped\./);
  },
);

Deno.test({
  name: "cases 14: the program goes on where its own file is replaced, and then deleted",
  ignore: Deno.build.os === "windows" || Deno.env.get("LLM_PROXY_BIN") === undefined,
  async fn() {
    await using good = await startReplier(reply(200, ANSWER));
    await using home = await makeHome(chain({ good }));
    const copy = join(home.directory, "program");
    await Deno.copyFile(Deno.env.get("LLM_PROXY_BIN") ?? "", copy);
    await using program = await startProgram(["-config", home.configFile], {
      within: ["sh", "-c", 'shift; exec "$0" "$@"', copy],
    });
    await Deno.writeTextFile(`${copy}.new`, "another version");
    await Deno.rename(`${copy}.new`, copy);
    assert.equal(await statusWith(program, "any"), 200);
    await Deno.remove(copy);
    program.signal("SIGHUP");
    await program.logged(/is as it was\./);
    assert.equal(await statusWith(program, "any"), 200);
    program.signal("SIGTERM");
    assert.equal((await program.exited).code, 0);
  },
});
