import assert from "node:assert/strict";
import { loadConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problem.ts";
import { BACKENDS, MINIMAL, MODELS } from "./parse.ts";

/** What is wrong with a configuration in a directory of its own; none is "". */
async function problemsIn(
  text: string,
  prepare: (directory: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    const file = `${directory}/config.yaml`;
    await Deno.writeTextFile(file, text);
    await Deno.mkdir(`${directory}/sub`);
    await prepare(directory);
    const loaded = await loadConfig(file, { revision: 1, env: () => undefined });
    const problems = loaded.ok ? [] : loaded.problems.map(formatProblem);
    return problems.join("\n").replaceAll(`${directory}/`, "");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const logging = (settings: string) => `${MINIMAL}logging: {${settings}}\n`;

Deno.test("cases 14: the general log is not the configuration, however it is spelled", async () => {
  const link = (directory: string) => Deno.symlink("config.yaml", `${directory}/log`);
  const hard = (directory: string) => Deno.link(`${directory}/config.yaml`, `${directory}/log`);
  const around = (directory: string) => Deno.symlink(directory, `${directory}/log`);
  const ways: readonly [string, ((directory: string) => Promise<void>)?][] = [
    ["config.yaml"],
    ["./config.yaml"],
    ["sub/../config.yaml"],
    ["log", link],
    ["log", hard],
    ["log/config.yaml", around],
  ];
  for (const [path, prepare] of ways) {
    assert.match(
      await problemsIn(logging(`general_file: "${path}"`), prepare),
      /^config\.yaml:5:25: logging\.general_file: leads to the file of the configuration too: \S+; two purposes cannot share one, so write another path$/,
      path,
    );
  }
});

Deno.test("cases 14: logs, history and ids do not share a file, nor with what SQLite keeps", async () => {
  assert.match(
    await problemsIn(logging("general_file: ./x") + "history: {file: sub/../x}\n"),
    /^config\.yaml:6:17: history\.file: leads to the file of logging\.general_file on line 5 too: x;/,
  );
  assert.match(
    await problemsIn(logging("general_file: x-wal") + "history: {file: x}\n"),
    /history\.file: leads to the file of logging\.general_file on line 5 too: x-wal;/,
  );
  assert.match(
    await problemsIn(logging("general_file: ./logs/history.db")),
    /^config\.yaml:5:25: logging\.general_file: leads to the file of history\.file \(its default\) too/,
  );
  assert.match(
    await problemsIn(`${MINIMAL}fallback: {stored_ids_file: logs/proxy.log}\n`),
    /fallback\.stored_ids_file: leads to the file of logging\.general_file \(its default\) too/,
  );
});

Deno.test("cases 14: request logs and error logs do not share a directory, nor a file's place", async () => {
  assert.match(
    await problemsIn(logging("request_dir: sub, error_dir: ./sub/")),
    /logging\.error_dir: leads to the directory of logging\.request_dir on line 5 too: sub;/,
  );
  assert.match(
    await problemsIn(logging("request_dir: one, general_file: one")),
    /logging\.request_dir: leads to the file of logging\.general_file on line 5 too/,
  );
});

Deno.test("cases 14: what a placeholder or a certificate reads is nobody's to write", async () => {
  const keyed = `${BACKENDS.replace("}", ', api_key: "${file:./key}"}')}${MODELS}`;
  assert.match(
    await problemsIn(
      `${keyed}history: {file: key}\n`,
      (directory) => Deno.writeTextFile(`${directory}/key`, "sk-1"),
    ),
    /history\.file: leads to the file of a \$\{file:…\} placeholder too: key;/,
  );
  assert.match(
    await problemsIn(`${MINIMAL}tls: {cert: c, key: k}\nlogging: {general_file: k}\n`),
    /logging\.general_file: leads to the file of tls\.key on line 5 too: k;/,
  );
});

Deno.test("those who only read may share, devices are nobody's, and logs may lie in one directory", async () => {
  const shared = `${MINIMAL}tls: {cert: both.pem, key: both.pem}\n`;
  assert.doesNotMatch(await problemsIn(shared), /purposes/);
  for (
    const settings of [
      "general_file: /dev/null, request_dir: ''",
      "general_file: sub/proxy.log, request_dir: sub, error_dir: sub/errors",
      "request_dir: '', error_dir: ''",
    ]
  ) assert.equal(await problemsIn(logging(settings)), "", settings);
  assert.equal(
    await problemsIn(logging("general_file: /dev/null") + "history: {file: /dev/null}\n"),
    "",
  );
});
