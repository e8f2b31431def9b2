/** `.env` beside a configuration: what it feeds, when it is read, and what is said of it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig, type Loaded } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problem.ts";
import { readAdminAlone } from "../../lib/config/admin_alone.ts";
import { createRedactor } from "../../lib/record/redact.ts";
import { MINIMAL } from "./parse.ts";

const KEY = "sk-canary-0123456789abcdef";
const CONFIG = MINIMAL.replace(`a.example/v1"`, `a.example/v1", api_key: "\${KEY}"`);
const onPosix = { ignore: Deno.build.os === "windows" };

interface Place {
  readonly directory: string;
  readonly load: (env?: Readonly<Record<string, string>>) => Promise<Loaded>;
}

interface Given {
  readonly config?: string;
  /** Of `.env`; none where it is undefined. */
  readonly text?: string;
  readonly mode?: number;
}

async function at(
  { config = CONFIG, text, mode = 0o600 }: Given,
  look: (place: Place) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  const file = join(directory, "config.yaml");
  try {
    await Deno.writeTextFile(file, config);
    if (text !== undefined) await Deno.writeTextFile(join(directory, ".env"), text, { mode });
    const load = (env: Readonly<Record<string, string>> = {}) =>
      loadConfig(file, { revision: 1, env: (name) => env[name] });
    await look({ directory, load });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function keysOf(loaded: Loaded): readonly string[] {
  if (!loaded.ok) assert.fail(loaded.problems.map(formatProblem).join("\n"));
  return loaded.snapshot.backends.get("a")?.keys ?? [];
}

/** What is wrong or odd, each line without the directory. */
function saidOf(loaded: Loaded, directory: string): readonly string[] {
  const lines = loaded.ok ? loaded.snapshot.warnings : loaded.problems.map(formatProblem);
  return lines.map((line) => line.replaceAll(`${directory}/`, ""));
}

Deno.test(".env feeds placeholders, with a byte order mark and CRLF", () =>
  at({ text: `\uFEFF# keys\r\nexport KEY='${KEY}'\r\n` }, async ({ load, directory }) => {
    const loaded = await load();
    assert.deepEqual(keysOf(loaded), [KEY]);
    assert.deepEqual(saidOf(loaded, directory), []);
    assert.deepEqual(loaded.dependencies, [join(directory, ".env")]);
  }));

Deno.test(".env is overridden by the environment, and each such variable is named", () =>
  at(
    { text: `KEY=${KEY}\nOTHER=x\nEMPTY=y\nMINE=z\n` },
    async ({ load, directory }) => {
      const loaded = await load({ KEY: "sk-from-outside", OTHER: "o", EMPTY: "" });
      assert.deepEqual(keysOf(loaded), ["sk-from-outside"]);
      assert.deepEqual(saidOf(loaded, directory), [
        ".env:1:1: KEY: is set in the environment, which overrides this line; remove one of the two",
        ".env:2:1: OTHER: is set in the environment, which overrides this line; remove one of the two",
        ".env:3:1: EMPTY: is set in the environment, to nothing, which overrides this line; " +
        "remove one of the two",
      ]);
    },
  ));

Deno.test(".env gives no variable to anything but placeholders, and says so", () =>
  at(
    {
      config: CONFIG + 'logging: { general_file: "~/x.log" }\n',
      text: `KEY=${KEY}\nHOME=/nowhere\nHTTPS_PROXY=http://127.0.0.1:9\nDENO_DIR=/x\n` +
        "node_options=--inspect\nOTEL_DENO=true\nLLM_PROXY_KEY=sk-1234567\n",
    },
    async ({ load, directory }) => {
      const { HTTPS_PROXY, DENO_DIR } = Deno.env.toObject();
      const loaded = await load({ HOME: "/home/somebody" });
      if (!loaded.ok) assert.fail();
      assert.equal(loaded.snapshot.logging.generalFile, "/home/somebody/x.log");
      const said = saidOf(loaded, directory).join("\n");
      for (
        const name of ["HTTPS_PROXY", "DENO_DIR", "node_options", "OTEL_DENO", "LLM_PROXY_KEY"]
      ) {
        assert.match(said, new RegExp(`^\\.env:\\d:1: ${name}: does nothing here`, "m"));
      }
      assert.deepEqual([Deno.env.get("HTTPS_PROXY"), Deno.env.get("DENO_DIR")], [
        HTTPS_PROXY,
        DENO_DIR,
      ]);
    },
  ));

Deno.test(".env may feed a proxy's address that the configuration asks for", () =>
  at({
    config: CONFIG.replace("api_key", 'proxy: "${HTTPS_PROXY}", api_key'),
    text: `KEY=${KEY}\nHTTPS_PROXY=http://127.0.0.1:9\n`,
  }, async ({ load, directory }) => {
    const loaded = await load();
    assert.deepEqual(saidOf(loaded, directory), []);
    assert.ok(loaded.ok && loaded.snapshot.backends.get("a")?.proxy !== "direct");
  }));

Deno.test(".env has every value hidden, wherever it is used and if it is not", () =>
  at({
    config: CONFIG.replace("model: x", 'model: "${MODEL}"'),
    text: `KEY=${KEY}\nMODEL=plain-words-only\nUNUSED=" nowhere else "\nOVER=overridden\n` +
      "SHORT=abc\nMODE=passthrough\nLISTEN=127.0.0.1:8080\n",
  }, async ({ load }) => {
    const loaded = await load({ OVER: "x" });
    if (!loaded.ok) assert.fail();
    const redactor = createRedactor({ enabled: true, secrets: loaded.snapshot.secrets });
    for (const hidden of [KEY, "plain-words-only", "nowhere else", "overridden"]) {
      assert.ok(!redactor.text(`say ${hidden} aloud`).text.includes(hidden), hidden);
    }
    const plain = "listening on 127.0.0.1:8080 with passthrough and abc";
    assert.equal(redactor.text(plain).text, plain);
  }));

Deno.test(".env has no value shown in what is wrong with the configuration", () =>
  at({
    config: `${CONFIG}logging: { general_file: "./\${PART}", request_dir: "./\${PART}" }\n`,
    text: `KEY=${KEY}\nPART=canary-in-a-path\n`,
  }, async ({ load, directory }) => {
    const loaded = await load();
    assert.ok(!loaded.ok);
    const said = saidOf(loaded, directory).join("\n");
    assert.match(said, /two purposes cannot share one/);
    assert.ok(!said.includes("canary"), said);
  }));

for (const mode of [0o644, 0o640, 0o604, 0o620, 0o602, 0o601, 0o777]) {
  Deno.test(
    `.env is not read with mode ${mode.toString(8)}, and the chmod is said`,
    onPosix,
    () =>
      at({ text: `KEY=${KEY}\n`, mode: 0o600 }, async ({ load, directory }) => {
        await Deno.chmod(join(directory, ".env"), mode);
        const said = (loaded: Loaded) => saidOf(loaded, `${directory}/never`).join("\n");
        const expected = `${directory}/.env:1:1: the file may be used by others ` +
          `(mode 0${mode.toString(8)}), so it is not read; run: chmod 600 ${directory}/.env`;
        const refused = await load();
        assert.ok(!refused.ok);
        assert.match(said(refused), /variable KEY is not set/);
        assert.ok(said(refused).includes(expected), said(refused));
        const given = await load({ KEY: "sk-from-outside" });
        assert.deepEqual(keysOf(given), ["sk-from-outside"]);
        assert.deepEqual(said(given), expected);
        assert.ok(!(given.ok && given.snapshot.secrets.includes(KEY)));
      }),
  );
}

for (const mode of [0o600, 0o400, 0o700]) {
  Deno.test(
    `.env is read with mode ${mode.toString(8)}`,
    onPosix,
    () =>
      at({ text: `KEY=${KEY}\n`, mode }, async ({ load }) => {
        assert.deepEqual(keysOf(await load()), [KEY]);
      }),
  );
}

const OTHER = 12345;

Deno.test(
  ".env is not read where it is another's, and the chown is said",
  onPosix,
  () =>
    at({ text: `KEY=${KEY}\n` }, async ({ load, directory }) => {
      const path = join(directory, ".env");
      // Only root can give a file away.
      if (!await Deno.chown(path, OTHER, OTHER).then(() => true, () => false)) return;
      const loaded = await load();
      assert.match(
        saidOf(loaded, directory).join("\n"),
        /^\.env:1:1: the file belongs to the user 12345, not to 0 who runs this, .*; run: chown 0 /m,
      );
      // Whoever owns the configuration decides all anyway.
      await Deno.chown(join(directory, "config.yaml"), OTHER, OTHER);
      assert.deepEqual(keysOf(await load()), [KEY]);
    }),
);

Deno.test(
  ".env is read behind a link, whose target's mode counts",
  onPosix,
  () =>
    at({}, async ({ load, directory }) => {
      const target = join(directory, "it's mine");
      await Deno.writeTextFile(target, `KEY=${KEY}\n`, { mode: 0o600 });
      await Deno.symlink(target, join(directory, ".env"));
      assert.deepEqual(keysOf(await load()), [KEY]);
      await Deno.chmod(target, 0o644);
      assert.match(saidOf(await load(), directory).join("\n"), /run: chmod 600 /);
    }),
);

/** What may stand there in place of a file; none keeps a configuration from being loaded. */
const NO_FILES: Readonly<Record<string, (path: string) => unknown>> = {
  "a directory": (path) => Deno.mkdir(path),
  "a FIFO": (path) => new Deno.Command("mkfifo", { args: [path] }).output(),
  "a link to nowhere": (path) => Deno.symlink("gone", path),
  "a link to a device": (path) => Deno.symlink("/dev/null", path),
  "a link to a directory": (path) => Deno.symlink(".", path),
};

for (const [name, make] of Object.entries(NO_FILES)) {
  Deno.test(
    `.env may be ${name}, which is said`,
    onPosix,
    () =>
      at({}, async ({ load, directory }) => {
        await make(join(directory, ".env"));
        const loaded = await load({ KEY });
        assert.deepEqual(keysOf(loaded), [KEY]);
        const said = saidOf(loaded, directory);
        assert.equal(said.length, 1);
        assert.match(said[0] ?? "", /^\.env:1:1: the file is (?:a directory|not a regular|a link)/);
      }),
  );
}

/** What may say anything: without it the configuration is not what is meant. */
const UNREADABLE: Readonly<Record<string, readonly [text: string, said: RegExp]>> = {
  "too large": [`#${"x".repeat(1024 * 1024)}`, /the file is too large/],
  "binary": ["\xff\xfe\0\0", /the file is not UTF-8|this line is no NAME=value/],
  "a broken line": [`KEY=${KEY}\n${KEY}\nX="${KEY}\n`, /^\.env:2:1: this line is no NAME=value/m],
};

for (const [name, [text, expected]] of Object.entries(UNREADABLE)) {
  Deno.test(`.env refuses the configuration when it is ${name}, without a word of it`, () =>
    at({ text }, async ({ load, directory }) => {
      const loaded = await load({ KEY: "sk-from-outside" });
      assert.ok(!loaded.ok);
      const said = saidOf(loaded, directory).join("\n");
      assert.match(said, expected);
      assert.ok(!said.includes("canary"), said);
    }));
}

Deno.test(
  "a link that leads to itself as .env is an error, and nothing hangs",
  onPosix,
  () =>
    at({}, async ({ load, directory }) => {
      await Deno.symlink(".env", join(directory, ".env"));
      assert.match(saidOf(await load({ KEY }), directory).join(), /the file cannot be read/);
    }),
);

Deno.test(".env has no purpose besides", () =>
  at({ config: `${CONFIG}logging: { general_file: ".env" }\n` }, async ({ load, directory }) => {
    const loaded = await load({ KEY });
    assert.ok(!loaded.ok);
    assert.match(saidOf(loaded, directory).join(), /of \.env, which feeds placeholders/);
  }));

Deno.test("a configuration that is called .env feeds itself nothing", () =>
  at({ text: CONFIG }, async ({ directory }) => {
    const env = (name: string) => name === "KEY" ? KEY : undefined;
    const loaded = await loadConfig(join(directory, ".env"), { revision: 1, env });
    assert.deepEqual(keysOf(loaded), [KEY]);
  }));

Deno.test("readAdminAlone() takes the token from .env, though a line there is broken", () =>
  at({
    config: 'admin: { listen: "127.0.0.1:1", token: "${TOKEN}" }\nbackends: [\n',
    text: `nonsense\nTOKEN=${KEY}\n`,
  }, async ({ directory }) => {
    const token = async () => {
      const read = await readAdminAlone(join(directory, "config.yaml"), () => undefined);
      return read.ok ? await read.value.token() : read;
    };
    assert.deepEqual(await token(), { ok: true, value: KEY });
    if (Deno.build.os === "windows") return;
    await Deno.chmod(join(directory, ".env"), 0o644);
    const refused = await token();
    assert.match(refused.ok ? "" : refused.reason, /TOKEN is not set.*run: chmod 600/);
  }));
