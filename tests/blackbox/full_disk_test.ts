/** The program where no file may grow beyond a few kilobytes, as on a disk that is full in the midst of one. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { callRaw } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { makeHome, startProgram } from "./program.ts";

Deno.test({
  name: "a full disk costs logs and history, each with a warning; no request, and no empty file",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const answer = JSON.stringify("x".repeat(200_000));
    await using good = await startReplier(reply(200, answer));
    await using home = await makeHome(chain({ good }));
    await using program = await startProgram(["-config", home.configFile], { mostFileBlocks: 64 });
    for (let count = 0; count < 3; count++) {
      const { status, body } = await callRaw(program.url, { body: `{"model":"chat"}` });
      assert.deepEqual([status, body.length], [200, answer.length]);
    }
    program.signal("SIGTERM");
    const { code, stderr } = await program.exited;
    assert.equal(code, 0);
    assert.equal(stderr.match(/Request logs are being lost/g)?.length, 1, stderr);
    assert.equal(stderr.match(/Cannot keep the history in/g)?.length, 1, stderr);
    assert.match(stderr, /^Not written: 3 rows of the history: .+\.$/m);
    assert.deepEqual([...Deno.readDirSync(join(home.directory, "logs/requests"))], []);
  },
});
