import assert from "node:assert/strict";
import { join } from "node:path";
import { envVariables } from "../../lib/import/env_lines.ts";
import { callRaw, textOf } from "../caller.ts";
import { reply, startReplier } from "../peer.ts";
import { isOneClearLine } from "./one_clear_line.ts";
import { makeHome, runProgram, spawnProgram, startProgram, withoutAdmin } from "./program.ts";

for (
  const args of [["import"], ["import", "a", "b"], ["import", "a", "-from", "caddy"], [
    "check",
    "-from",
    "ccr",
  ]]
) {
  Deno.test(`the program ends with 2 for ${args.join(" ")}`, async () => {
    isOneClearLine(await runProgram(args), /^llm-proxy: .*See llm-proxy -help\.$/m, 2);
  });
}

Deno.test("import reads stdin, and what it writes passes check and calls the same places in the same order", async () => {
  await using first = await startReplier(reply(500, `{"error":{"message":"down"}}`));
  const good = reply(200, `{"choices":[{"message":{"content":"Hello"}}]}`);
  await using second = await startReplier(good);
  const source = `model_list:
  - model_name: chat
    litellm_params: { model: openai/one, api_base: "${first.url}/v1", api_key: sk-first-0123456789, order: 1 }
  - model_name: chat
    litellm_params: { model: openai/two, api_base: "${second.url}/v1", api_key: os.environ/SECOND_KEY, order: 2 }
general_settings: { master_key: sk-of-callers-0123456789 }
`;
  await using home = await makeHome();
  const { child, exited } = spawnProgram(["import", "-", "-config", home.configFile], {
    stdin: "piped",
  });
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { code, stdout, stderr } = await exited;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Wrote .*config\.yaml: 2 backends, 1 alias\.$/m);
  assert.match(stdout, /^Set these variables.*: SECOND_KEY\.$/m);
  assert.match(stderr, /^stdin was taken for LiteLLM's config\.yaml/m);

  const text = await Deno.readTextFile(home.configFile);
  const env = {
    ...Object.fromEntries(envVariables(await Deno.readTextFile(join(home.directory, ".env")))),
    SECOND_KEY: "sk-second-0123456789",
  };
  const checked = await runProgram(["check", "-config", home.configFile], { env });
  assert.equal(checked.code, 0, checked.stderr);

  await Deno.writeTextFile(
    home.configFile,
    withoutAdmin(text.replace(/^listen: .*$/m, 'listen: "127.0.0.1:0"')),
  );
  await using program = await startProgram(["-config", home.configFile], { env });
  const answer = await callRaw(program.url, {
    lines: ["Authorization: Bearer sk-of-callers-0123456789"],
    body: `{"model":"chat","messages":[]}`,
  });
  assert.equal(answer.status, 200, textOf(answer));
  const asked = [first, second].map(({ requests: [request] }) => {
    const [, key] = request?.headers.find(([name]) => /^authorization$/i.test(name)) ?? [];
    return `${new TextDecoder().decode(request?.body)} with ${key}`;
  });
  assert.deepEqual(asked, [
    '{"model":"one","messages":[]} with Bearer sk-first-0123456789',
    '{"model":"two","messages":[]} with Bearer sk-second-0123456789',
  ]);
});
