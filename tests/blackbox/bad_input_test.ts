import assert from "node:assert/strict";
import { chain } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { isOneClearLine } from "./one_clear_line.ts";
import { makeHome, onFreePort, runProgram } from "./program.ts";

const VALID = onFreePort(chain({ backend: { url: "http://127.0.0.1:9" } }));

/** Configurations that cannot be loaded, and the one line for each. */
const BAD: Readonly<Record<string, readonly [string, RegExp]>> = {
  "is not YAML": ["backends: [\n", /config\.yaml:\d+:\d+: not valid YAML/],
  "is empty": ["", /config\.yaml:1:1: the file is empty/],
  "has an unknown key": [`${VALID}\nfalback: {}\n`, /config\.yaml:8:1: falback: .*"fallback"/],
  "has a wrong type": [
    VALID.replace("http://127.0.0.1:9", "ftp://h"),
    /config\.yaml:3:27: backends\[0\]\.url: /,
  ],
  "leads to a backend that is not there": [
    VALID.replace("{ backend: backend", "{ backend: nobody"),
    /config\.yaml:6:18: models\.chat\[0\]\.backend: there is no backend "nobody"/,
  ],
  "names a variable that is not set": [
    VALID.replace("http://127.0.0.1:9", "${LLM_PROXY_NO_SUCH_VARIABLE}"),
    /config\.yaml:3:27: .*LLM_PROXY_NO_SUCH_VARIABLE/,
  ],
  "names an address that is none": [
    VALID.replace("127.0.0.1:0", "127.0.0.1:notaport"),
    /config\.yaml:1:9: listen: /,
  ],
};

for (const [what, [yaml, expected]] of Object.entries(BAD)) {
  Deno.test(`the program ends with 1 and one line when the configuration ${what}`, async () => {
    await using home = await makeHome();
    await Deno.writeTextFile(home.configFile, yaml);
    isOneClearLine(await runProgram(["-config", home.configFile]), expected);
    isOneClearLine(await runProgram(["check", "-config", home.configFile]), expected);
  });
}

Deno.test("the program reports every error at once, in the order of the file", async () => {
  await using home = await makeHome(`${VALID}\nlimits: { max_body_mb: x }\nloging: {}\n`);
  const { code, stderr } = await runProgram(["-config", home.configFile]);
  assert.equal(code, 1);
  assert.match(stderr, /^.*:8:24: limits\.max_body_mb: .*\n.*:9:1: loging: .*"logging".*\n$/);
});

Deno.test("the program ends with 1 when its configuration does not exist", async () => {
  await using home = await makeHome();
  const expected = /config\.yaml:1:1: the file does not exist|no such file/i;
  isOneClearLine(await runProgram(["-config", home.configFile]), expected);
  isOneClearLine(await runProgram([], { cwd: home.directory }), expected);
});

Deno.test("the program ends with 1 when -config names a directory", async () => {
  await using home = await makeHome();
  isOneClearLine(await runProgram(["-config", home.directory]), /is a directory, not a file/);
});

Deno.test("the program ends with 1 when its port is in use", async () => {
  await using other = await startReplier(reply(200));
  const address = `127.0.0.1:${other.port}`;
  await using home = await makeHome(`listen: "${address}"\n${chain({ other })}`);
  const expected = new RegExp(`Cannot listen on ${address}: the address is in use`);
  isOneClearLine(await runProgram(["-config", home.configFile]), expected);
});

Deno.test("the program ends with 1 when it cannot have the address", async () => {
  await using home = await makeHome(
    `listen: "192.0.2.1:8080"\n${chain({ a: { url: "http://h" } })}`,
  );
  isOneClearLine(
    await runProgram(["-config", home.configFile]),
    /Cannot listen on 192\.0\.2\.1:8080/,
  );
});
