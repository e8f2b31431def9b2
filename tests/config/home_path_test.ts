import assert from "node:assert/strict";
import { expandHome } from "../../lib/config/home_path.ts";
import { BACKENDS, MINIMAL, MODELS, problemOf, snapshotOf } from "./parse.ts";

const env = { HOME: "/home/me" };

function expanded(path: string, given: Readonly<Record<string, string>> = env) {
  const result = expandHome(path, (name) => given[name]);
  return result.ok ? result.value : `refused: ${result.reason}`;
}

Deno.test("cases 14: expandHome() takes ~ and ~/… for the home directory, and no other ~", () => {
  assert.deepEqual(
    ["~", "~/", "~/a/b", "~\\a", "./~", "a/~/b", "~/~", "a~", "/~", ""].map((path) =>
      expanded(path)
    ),
    ["/home/me", "/home/me", "/home/me/a/b", "/home/me/a", "./~", "a/~/b", "/home/me/~"]
      .concat(["a~", "/~", ""]),
  );
});

Deno.test("expandHome() goes by USERPROFILE where there is no HOME", () => {
  assert.equal(expanded("~/a", { USERPROFILE: "/users/me" }), "/users/me/a");
});

Deno.test("expandHome() refuses another's home, and one that nothing tells", () => {
  assert.match(expanded("~root/a"), /^refused: begins with ~ and a name, .* \.\/~ for a file/);
  const none: Record<string, string>[] = [{}, { HOME: "" }, { HOME: "me" }];
  for (const given of none) {
    assert.match(expanded("~/a", given), /^refused: begins with ~, .* HOME is not set/);
  }
});

Deno.test("cases 14: ~ is the home directory in every path of a configuration", async () => {
  const text = `${BACKENDS}  - {name: b, url: "https://b", api_key: "\${file:~/keys/b}"}
${MODELS}logging: {request_dir: ~/r, error_dir: "~", general_file: "\${WHERE}/proxy.log"}
history: {file: "~/h.db"}
fallback: {stored_ids_file: ~/ids}
`;
  const files = { "/home/me/keys/b": "sk-1" };
  const { logging, history, fallback, backends } = await snapshotOf(text, {
    env: { ...env, WHERE: "~/logs" },
    files,
  });
  assert.deepEqual(
    [logging.requestDir, logging.errorDir, logging.generalFile, history.file],
    ["/home/me/r", "/home/me", "/home/me/logs/proxy.log", "/home/me/h.db"],
  );
  assert.equal(fallback.storedIdsFile, "/home/me/ids");
  assert.deepEqual(backends.get("b")?.keys, ["sk-1"]);
});

Deno.test("cases 14: ~ leads to certificates too", async () => {
  const text = `${MINIMAL}tls: {cert: ~/c.pem, key: "~/k.pem"}\n`;
  const files = { "/home/me/k.pem": "" };
  const loaded = snapshotOf(text, { env, files });
  await assert.rejects(loaded, /the file \/home\/me\/c\.pem does not exist/);
});

Deno.test("cases 14: a path with another's home is refused where it stands", async () => {
  const text = `${MINIMAL}history: {file: "~root/h.db"}\n`;
  assert.match(
    await problemOf(text, { env }),
    /^5:17: history\.file: begins with ~ and a name, and only ~ and ~\/… are known here/,
  );
  const named = `${MINIMAL}admin: {token: "\${file:~root/token}"}\n`;
  assert.match(
    await problemOf(named, { env }),
    /admin\.token: the file ~root\/token begins with ~/,
  );
});

Deno.test("parseConfig() says that ~ without quotes is empty in YAML", async () => {
  const text = `${MINIMAL}logging: {error_dir: ~}\n`;
  assert.match(await problemOf(text, { env }), /not ~ without quotes, which is empty in YAML$/);
});
