import assert from "node:assert/strict";
import { join } from "node:path";
import { callRaw, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import { KEY, RIGHT } from "../faults/certificates.ts";
import { reply, startReplier } from "../peer.ts";
import { isOneClearLine } from "./one_clear_line.ts";
import { makeHome, onFreePort, runProgram, startProgram } from "./program.ts";

const yaml = (url: string) =>
  onFreePort(`tls: { cert: "./cert.pem", key: "key.pem" }\n${chain({ backend: { url } })}`);

/** A home with these PEM files beside its configuration. */
async function homeWith(files: Readonly<Record<string, string>>, url = "http://127.0.0.1:9") {
  const home = await makeHome(yaml(url));
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(home.directory, name), text);
  }
  return home;
}

Deno.test("the program serves HTTPS where tls is written, and its first line says so", async () => {
  await using backend = await startReplier(reply(200, `{"from":"backend"}`));
  await using home = await homeWith({ "cert.pem": RIGHT, "key.pem": KEY }, backend.url);
  await using program = await startProgram(["-config", home.configFile]);
  assert.match(program.url, /^https:/);
  const got = await callRaw(program.url, { body: `{"model":"chat"}` });
  assert.equal(textOf(got), `{"from":"backend"}`);
});

const BAD: Readonly<Record<string, readonly [Readonly<Record<string, string>>, RegExp]>> = {
  "is missing": [
    { "key.pem": KEY },
    /config\.yaml:2:14: tls\.cert: the file \.\/cert\.pem does not exist$/m,
  ],
  "is no certificate": [
    { "cert.pem": KEY, "key.pem": KEY },
    /config\.yaml:2:14: tls\.cert: the file \.\/cert\.pem has no certificate in it/,
  ],
  "is there twice and its key is not": [
    { "cert.pem": RIGHT, "key.pem": RIGHT },
    /config\.yaml:2:33: tls\.key: the file key\.pem has no private key in it/,
  ],
};

for (const [what, [files, expected]] of Object.entries(BAD)) {
  Deno.test(`the program ends with 1 and one line when its certificate ${what}`, async () => {
    await using home = await homeWith(files);
    isOneClearLine(await runProgram(["-config", home.configFile]), expected);
    isOneClearLine(await runProgram(["check", "-config", home.configFile]), expected);
  });
}
