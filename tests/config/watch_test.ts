import assert from "node:assert/strict";
import { FileStamps } from "../../lib/config/file_stamps.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problem.ts";
import type { Snapshot } from "../../lib/config/snapshot.ts";
import { ConfigWatcher, type ConfigWatcherOptions } from "../../lib/config/watch.ts";
import { AUTHORITY, KEY, RIGHT } from "../faults/certificates.ts";
import { BACKENDS, MINIMAL } from "./parse.ts";

type Heard =
  | { readonly kind: "snapshot"; readonly next: Snapshot; readonly previous: Snapshot }
  | { readonly kind: "problems"; readonly lines: readonly string[] }
  | { readonly kind: "warning"; readonly line: string };

/** What the watcher said, in order, each to be awaited. */
class Ear {
  readonly #heard: Heard[] = [];
  #wake: (() => void) | undefined;

  hear(heard: Heard): void {
    this.#heard.push(heard);
    this.#wake?.();
  }

  /** The next thing said; fails after ten seconds of silence. */
  async next(): Promise<Heard> {
    if (this.#heard.length === 0) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("the watcher said nothing")), 10_000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const heard = this.#heard.shift();
    assert.ok(heard);
    return heard;
  }

  /** What the next published snapshot calls its models; fails on anything else. */
  async models(): Promise<string> {
    const heard = await this.next();
    if (heard.kind !== "snapshot") assert.fail(JSON.stringify(heard));
    return modelsOf(heard.next);
  }

  /** The lines of the next refusal; fails on anything else. */
  async problems(): Promise<string> {
    const heard = await this.next();
    if (heard.kind !== "problems") assert.fail(JSON.stringify(heard));
    return heard.lines.join("\n");
  }

  get unheard(): number {
    return this.#heard.length;
  }
}

interface Scene {
  readonly directory: string;
  readonly file: string;
  readonly ear: Ear;
  readonly watcher: ConfigWatcher;
  readonly save: (text: string) => Promise<void>;
}

const config = (model: string) => MINIMAL.replace("model: x", `model: ${model}`);

function modelsOf(snapshot: Snapshot): string {
  return [...snapshot.aliases.values()].flatMap(({ routes }) => routes.map(({ model }) => model))
    .join();
}

interface Staging extends Partial<ConfigWatcherOptions> {
  /** Makes the files and gives the configuration's name in the directory. */
  readonly prepare?: (directory: string) => Promise<string>;
  /** Runs between the first load and the watcher's start. */
  readonly beforeStart?: (file: string) => Promise<void>;
  /** Plays before the watcher has looked at the files for the first time. */
  readonly early?: boolean;
}

async function writeFirst(directory: string): Promise<string> {
  await Deno.writeTextFile(`${directory}/config.yaml`, config("one"));
  return "config.yaml";
}

async function stage(
  { prepare = writeFirst, beforeStart, early = false, ...options }: Staging,
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  const file = `${directory}/${await prepare(directory)}`;
  const env = options.env ?? (() => undefined);
  const first = await loadConfig(file, { revision: 1, env });
  if (!first.ok) assert.fail(first.problems.map(formatProblem).join("\n"));
  await beforeStart?.(file);
  const ear = new Ear();
  const watcher = new ConfigWatcher({
    first,
    file,
    env,
    pollMs: 30,
    stableMs: 20,
    onSnapshot: (next, previous) => ear.hear({ kind: "snapshot", next, previous }),
    onProblems: (problems) => ear.hear({ kind: "problems", lines: problems.map(formatProblem) }),
    onWarning: (line) => ear.hear({ kind: "warning", line }),
    ...options,
  });
  try {
    if (!early) await watcher.ready;
    await play({ directory, file, ear, watcher, save: (text) => Deno.writeTextFile(file, text) });
    assert.equal(ear.unheard, 0);
  } finally {
    await watcher.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("ConfigWatcher publishes what was saved, with the next revision", () =>
  stage({}, async ({ ear, watcher, save }) => {
    assert.equal(modelsOf(watcher.current), "one");
    await save(config("two"));
    const heard = await ear.next();
    assert.ok(heard.kind === "snapshot");
    assert.deepEqual([heard.previous.revision, heard.next.revision], [1, 2]);
    assert.deepEqual([modelsOf(heard.previous), modelsOf(heard.next)], ["one", "two"]);
    assert.equal(watcher.current, heard.next);
    assert.ok(Object.isFrozen(heard.next));
  }));

Deno.test("ConfigWatcher publishes within a second of the save, as it is set by default", () =>
  stage({ pollMs: undefined, stableMs: undefined }, async ({ ear, save }) => {
    await save(config("two"));
    const saved = performance.now();
    assert.equal(await ear.models(), "two");
    assert.ok(performance.now() - saved < 1_000);
  }));

Deno.test("ConfigWatcher sees a save between the first load and its own start", () =>
  stage({
    pollMs: 60_000,
    beforeStart: (file) => Deno.writeTextFile(file, config("two")),
  }, async ({ ear }) => {
    assert.equal(await ear.models(), "two");
  }));

Deno.test("F123: ConfigWatcher keeps what it had when the file has errors, and reports all of them", () =>
  stage({}, async ({ ear, watcher, save, file }) => {
    await save(`${config("two")}wrong: 1\nlimits: 5\n`);
    const heard = await ear.next();
    assert.ok(heard.kind === "problems");
    assert.deepEqual(heard.lines.map((line) => line.slice(0, file.length + 12)), [
      `${file}:5:1: wrong:`,
      `${file}:6:9: limits`,
    ]);
    assert.deepEqual([modelsOf(watcher.current), watcher.current.revision], ["one", 1]);
    await save(config("three"));
    assert.equal(await ear.models(), "three");
    assert.equal(watcher.current.revision, 2);
  }));

/** An environment in which every load is heard, if the text has `${SEEN}` in it. */
function heardLoads() {
  const loads = new Ear();
  const env = () => {
    loads.hear({ kind: "warning", line: "loaded" });
    return "seen";
  };
  return { loads, env };
}

Deno.test("ConfigWatcher reports the same bad content once", () => {
  const { loads, env } = heardLoads();
  return stage({ env }, async ({ ear, save }) => {
    await save("wrong: ${SEEN}\n");
    assert.equal((await ear.next()).kind, "problems");
    await loads.next();
    await save("wrong: ${SEEN}\n");
    await loads.next();
    await save(config("two"));
    assert.equal(await ear.models(), "two");
  });
});

Deno.test("ConfigWatcher publishes nothing when a save changed nothing", () => {
  const { loads, env } = heardLoads();
  return stage({ env }, async ({ ear, save }) => {
    await save(config('"${SEEN}"'));
    assert.equal(await ear.models(), "seen");
    await loads.next();
    await save(config('"${SEEN}"'));
    await loads.next();
    await save(config("two"));
    assert.equal(await ear.models(), "two");
  });
});

Deno.test("F121: ConfigWatcher keeps what it had when the file is gone, warns once, and recovers", () =>
  stage({}, async ({ ear, watcher, file, save }) => {
    await Deno.remove(file);
    const heard = await ear.next();
    assert.ok(heard.kind === "warning");
    assert.match(
      heard.line,
      /config\.yaml: the file is gone; its last configuration stays in force/,
    );
    assert.equal(modelsOf(watcher.current), "one");
    await save(config("two"));
    assert.equal(await ear.models(), "two");
  }));

Deno.test("ConfigWatcher says once that a file which was gone is back as it was", () =>
  stage({}, async ({ ear, file }) => {
    const text = await Deno.readTextFile(file);
    await Deno.remove(file);
    assert.equal((await ear.next()).kind, "warning");
    await Deno.writeTextFile(file, text);
    const heard = await ear.next();
    assert.ok(heard.kind === "warning");
    assert.match(heard.line, /config\.yaml: the file is back, and as it was/);
  }));

Deno.test("F122: ConfigWatcher waits until the file has been left alone", () =>
  stage({ stableMs: 400 }, async ({ ear, file, save }) => {
    await save(`${config("two")}limits: {`);
    await Deno.writeTextFile(file, "max_body_mb: 1}\n", { append: true });
    assert.equal(await ear.models(), "two");
  }));

Deno.test("F124: ConfigWatcher sees a rename over the file, twice", () =>
  stage({}, async ({ directory, ear, file }) => {
    for (const model of ["two", "three"]) {
      await Deno.writeTextFile(`${directory}/.swap`, config(model));
      await Deno.rename(`${directory}/.swap`, file);
      assert.equal(await ear.models(), model);
    }
  }));

/** The layout of a mounted Kubernetes ConfigMap: a link, to a link, to a directory a version. */
async function writeMounted(directory: string): Promise<string> {
  await Deno.mkdir(`${directory}/..v1`);
  await Deno.writeTextFile(`${directory}/..v1/config.yaml`, config("one"));
  await Deno.symlink("..v1", `${directory}/..data`);
  await Deno.symlink("..data/config.yaml", `${directory}/config.yaml`);
  return "config.yaml";
}

const swap = { ignore: Deno.build.os === "windows" };

Deno.test(
  "F125: ConfigWatcher sees Kubernetes swap its link and delete the old directory",
  swap,
  () =>
    stage({ prepare: writeMounted }, async ({ directory, ear }) => {
      for (const version of [2, 3]) {
        await Deno.mkdir(`${directory}/..v${version}`);
        await Deno.writeTextFile(`${directory}/..v${version}/config.yaml`, config(`v${version}`));
        await Deno.symlink(`..v${version}`, `${directory}/..tmp`);
        await Deno.rename(`${directory}/..tmp`, `${directory}/..data`);
        await Deno.remove(`${directory}/..v${version - 1}`, { recursive: true });
        assert.equal(await ear.models(), `v${version}`);
      }
    }),
);

Deno.test("F125: ConfigWatcher sees the swap of a link further up", swap, () =>
  stage({
    prepare: async (directory) => {
      for (const name of ["one", "two"]) {
        await Deno.mkdir(`${directory}/${name}`);
        await Deno.writeTextFile(`${directory}/${name}/config.yaml`, config(name));
      }
      await Deno.symlink("one", `${directory}/current`);
      return "current/config.yaml";
    },
  }, async ({ directory, ear }) => {
    await Deno.symlink("two", `${directory}/next`);
    await Deno.rename(`${directory}/next`, `${directory}/current`);
    assert.equal(await ear.models(), "two");
  }));

Deno.test(
  "H6, F126: ConfigWatcher watches no directory: a FIFO beside the file hangs nothing",
  swap,
  () =>
    stage({ prepare: writeWithFile }, async ({ directory, ear, save }) => {
      await Deno.mkdir(`${directory}/more`);
      for (const place of [directory, `${directory}/keys`, `${directory}/more`]) {
        await makeFifo(`${place}/any.fifo`);
      }
      await Deno.writeTextFile(`${directory}/more/m`, "more\n");
      await save(config('"${file:more/m}"'));
      assert.equal(await ear.models(), "more");
      await save(config("two"));
      assert.equal(await ear.models(), "two");
    }),
);

async function makeFifo(path: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  assert.ok(success);
}

/** What may take a file's place, and what is then said of it. */
const INTRUDERS: Readonly<Record<string, readonly [(path: string) => Promise<void>, RegExp]>> = {
  "a FIFO": [makeFifo, /is not a regular file/],
  "a directory": [(path) => Deno.mkdir(path), /is a directory, not a file/],
  "a device, by a link": [(path) => Deno.symlink("/dev/zero", path), /is not a regular file/],
  "a link to itself": [(path) => Deno.symlink("m", path), /cannot be read/],
  "a link to nothing": [(path) => Deno.symlink("/none/at/all", path), /does not exist/],
  "more than is read": [
    (path) => Deno.writeFile(path, new Uint8Array(2 * 1024 * 1024)),
    /is too large/,
  ],
};

for (const [what, [put, said]] of Object.entries(INTRUDERS)) {
  Deno.test(
    `H6: ConfigWatcher says once that ${what} stands for a file, and recovers`,
    swap,
    () =>
      stage({ prepare: writeWithFile }, async ({ directory, ear, watcher }) => {
        await put(`${directory}/new`);
        await Deno.rename(`${directory}/new`, `${directory}/keys/m`).catch(async () => {
          await Deno.remove(`${directory}/keys/m`);
          await Deno.rename(`${directory}/new`, `${directory}/keys/m`);
        });
        // Slow machines may see the moment in which there is nothing.
        const lines: string[] = [];
        while (!said.test(lines.join())) {
          const heard = await ear.next();
          if (heard.kind === "problems") lines.push(...heard.lines);
        }
        assert.equal(modelsOf(watcher.current), "one");
        await Deno.remove(`${directory}/keys/m`, { recursive: true });
        if (!lines.join().includes("does not exist")) await ear.next();
        await Deno.writeTextFile(`${directory}/keys/m`, "two\n");
        assert.equal(await ear.models(), "two");
      }),
  );
}

Deno.test("H6: ConfigWatcher sees content of the same size and the same time", () =>
  stage({}, async ({ ear, file, save }) => {
    const { mtime } = await Deno.stat(file);
    assert.ok(mtime);
    await save(config("two"));
    await Deno.utime(file, mtime, mtime);
    assert.equal(await ear.models(), "two");
  }));

Deno.test("H6: ConfigWatcher sees its directory go and come back", () =>
  stage({}, async ({ directory, ear, file }) => {
    await Deno.remove(directory, { recursive: true });
    assert.equal((await ear.next()).kind, "warning");
    await Deno.mkdir(directory);
    await Deno.writeTextFile(file, config("two"));
    assert.equal(await ear.models(), "two");
  }));

/** A file system that answers for a file only once it is let go. */
function slowStamps(slow: (path: string) => boolean, until: Promise<void>) {
  let waiting = 0;
  const stat: typeof Deno.stat = async (path) => {
    if (!slow(String(path))) return await Deno.stat(path);
    waiting++;
    await until;
    return await Deno.stat(path);
  };
  return { stamps: new FileStamps({ patienceMs: 20, stat }), waiting: () => waiting };
}

Deno.test("H6: ConfigWatcher goes on beside a file whose file system gives no answer", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { stamps, waiting } = slowStamps((path) => path.endsWith("keys/m"), promise);
  await stage({ prepare: writeWithFile, stamps }, async ({ ear, save }) => {
    await save(config("two"));
    assert.equal(await ear.models(), "two");
    assert.equal(waiting(), 1);
    resolve();
  });
});

Deno.test("H6: ConfigWatcher.close() waits for no file system", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { stamps } = slowStamps(() => true, promise);
  await stage({ stamps, early: true }, async ({ watcher }) => await watcher.close());
  resolve();
});

Deno.test("F130: ConfigWatcher keeps what it had when a directory takes the file's place", () =>
  stage({}, async ({ directory, ear, watcher, file }) => {
    await Deno.mkdir(`${directory}/new`);
    await Deno.rename(file, `${directory}/old`);
    await Deno.rename(`${directory}/new`, file);
    let heard = await ear.next();
    // Slow machines may see the moment between the two renames.
    if (heard.kind === "warning") heard = await ear.next();
    assert.ok(heard.kind === "problems");
    assert.deepEqual(heard.lines, [`${file}:1:1: the file is a directory, not a file`]);
    assert.equal(modelsOf(watcher.current), "one");
  }));

async function writeWithFile(directory: string): Promise<string> {
  await Deno.mkdir(`${directory}/keys`);
  await Deno.writeTextFile(`${directory}/keys/m`, "one\n");
  await Deno.writeTextFile(`${directory}/config.yaml`, config('"${file:keys/m}"'));
  return "config.yaml";
}

Deno.test("ConfigWatcher follows the files that the configuration names", () =>
  stage({ prepare: writeWithFile }, async ({ directory, ear }) => {
    await Deno.writeTextFile(`${directory}/keys/m`, "two\n");
    assert.equal(await ear.models(), "two");
    await Deno.remove(`${directory}/keys/m`);
    const heard = await ear.next();
    assert.ok(heard.kind === "problems");
    assert.match(heard.lines.join(), /the file keys\/m does not exist/);
    await Deno.writeTextFile(`${directory}/keys/m`, "three\n");
    assert.equal(await ear.models(), "three");
  }));

Deno.test("ConfigWatcher follows files that were named later, and no longer those that are not", () =>
  stage({ prepare: writeWithFile }, async ({ directory, ear, save }) => {
    await Deno.mkdir(`${directory}/more`);
    await Deno.writeTextFile(`${directory}/more/m`, "more\n");
    await save(config('"${file:more/m}"'));
    assert.equal(await ear.models(), "more");
    await Deno.writeTextFile(`${directory}/keys/m`, "ignored\n");
    await Deno.writeTextFile(`${directory}/more/m`, "again\n");
    assert.equal(await ear.models(), "again");
  }));

async function writeWithEnv(directory: string): Promise<string> {
  await Deno.writeTextFile(`${directory}/config.yaml`, config('"${M}"'));
  await Deno.writeTextFile(`${directory}/.env`, "M=one\n", { mode: 0o600 });
  return "config.yaml";
}

Deno.test("ConfigWatcher follows .env, and keeps what it had while that is gone or broken", () =>
  stage({ prepare: writeWithEnv }, async ({ directory, ear, watcher }) => {
    const path = `${directory}/.env`;
    assert.equal(modelsOf(watcher.current), "one");
    await Deno.writeTextFile(path, "M=two\n");
    assert.equal(await ear.models(), "two");
    await Deno.remove(path);
    assert.match(await ear.problems(), /variable M is not set/);
    await Deno.writeTextFile(path, "M=two\nM'three\n", { mode: 0o600 });
    assert.match(await ear.problems(), /\.env:2:1: this line is no NAME=value/);
    assert.equal(modelsOf(watcher.current), "two");
    await Deno.writeTextFile(path, "M=three\n");
    assert.equal(await ear.models(), "three");
  }));

Deno.test("ConfigWatcher notices a .env that comes, and one that others may use", {
  ignore: Deno.build.os === "windows",
}, () =>
  stage({ prepare: writeWithDefault }, async ({ directory, ear }) => {
    const path = `${directory}/.env`;
    await Deno.writeTextFile(path, "M=two\n", { mode: 0o600 });
    assert.equal(await ear.models(), "two");
    await Deno.chmod(path, 0o644);
    assert.equal(await ear.models(), "none");
    await Deno.chmod(path, 0o600);
    assert.equal(await ear.models(), "two");
  }));

async function writeWithDefault(directory: string): Promise<string> {
  await Deno.writeTextFile(`${directory}/config.yaml`, config('"${M:-none}"'));
  return "config.yaml";
}

Deno.test("F141: ConfigWatcher keeps the address in use, says so once, and applies the rest", () =>
  stage({}, async ({ ear, watcher, save }) => {
    await save(`listen: "127.0.0.1:9999"\n${config("two")}`);
    const heard = await ear.next();
    assert.ok(heard.kind === "warning");
    assert.match(
      heard.line,
      /listen is now 127\.0\.0\.1:9999, which needs a restart; .* on :8080/,
    );
    assert.equal(await ear.models(), "two");
    assert.deepEqual(watcher.current.listen, { hostname: "", port: 8080 });
    await save(`listen: "127.0.0.1:9999"\n${config("three")}`);
    assert.equal(await ear.models(), "three");
  }));

Deno.test("ConfigWatcher keeps the certificate in use, says so once, and applies the rest", () =>
  stage({}, async ({ ear, watcher, directory, save }) => {
    await Deno.writeTextFile(`${directory}/c.pem`, RIGHT);
    await Deno.writeTextFile(`${directory}/k.pem`, KEY);
    const secure = (model: string) => `tls: { cert: c.pem, key: k.pem }\n${config(model)}`;
    await save(secure("two"));
    const heard = await ear.next();
    assert.ok(heard.kind === "warning");
    assert.match(
      heard.line,
      /tls, or a file that it names, has changed, which needs a restart; .* without TLS\. /,
    );
    assert.equal(await ear.models(), "two");
    assert.equal(watcher.current.tls, undefined);
    await save(secure("three"));
    assert.equal(await ear.models(), "three");
    await Deno.writeTextFile(`${directory}/c.pem`, RIGHT + AUTHORITY);
    assert.equal((await ear.next()).kind, "warning");
    assert.equal(await ear.models(), "three");
  }));

async function writeSecure(directory: string): Promise<string> {
  await Deno.writeTextFile(`${directory}/c.pem`, RIGHT);
  await Deno.writeTextFile(`${directory}/k.pem`, KEY);
  const name = "config.yaml";
  const text = `tls: { cert: c.pem, key: k.pem }\n${config("one")}`;
  await Deno.writeTextFile(`${directory}/${name}`, text);
  return name;
}

Deno.test("ConfigWatcher puts a renewed certificate in force, without a word", () =>
  stage({ prepare: writeSecure }, async ({ ear, watcher, directory }) => {
    await Deno.writeTextFile(`${directory}/c.pem`, RIGHT + AUTHORITY);
    assert.equal(await ear.models(), "one");
    assert.equal(watcher.current.tls?.cert.trimEnd(), (RIGHT + AUTHORITY).trimEnd());
  }));

Deno.test("ConfigWatcher follows the roots that a backend trusts", () =>
  stage({}, async ({ ear, directory, save }) => {
    await Deno.writeTextFile(`${directory}/ca.pem`, AUTHORITY);
    await save(config("two").replace("url:", "ca: ca.pem, url:"));
    assert.equal(await ear.models(), "two");
    await Deno.writeTextFile(`${directory}/ca.pem`, RIGHT);
    const heard = await ear.next();
    if (heard.kind !== "snapshot") assert.fail(JSON.stringify(heard));
    assert.deepEqual(heard.next.backends.get("a")?.roots, [RIGHT.trimEnd()]);
  }));

Deno.test("ConfigWatcher keeps its event loops, says so, and applies the rest", () =>
  stage({}, async ({ ear, watcher, save }) => {
    await save(`workers: auto\n${config("two")}`);
    const heard = await ear.next();
    assert.ok(heard.kind === "warning");
    assert.match(
      heard.line,
      /workers is now auto, which needs a restart; until then the event loops of workers: 1 go on\. /,
    );
    assert.equal(await ear.models(), "two");
    assert.equal(watcher.current.workers, 1);
  }));

Deno.test("ConfigWatcher keeps the history in the file in use, says so once, and applies the rest", () =>
  stage({}, async ({ ear, watcher, save }) => {
    const inUse = watcher.current.history.file;
    await save(`history: { file: "", retain_days: 2 }\n${config("two")}`);
    const heard = await ear.next();
    assert.ok(heard.kind === "warning");
    assert.match(
      heard.line,
      /history\.file is now nothing, which needs a restart; until then the history is kept in \/.*db\./,
    );
    assert.equal(await ear.models(), "two");
    assert.deepEqual(watcher.current.history, { file: inUse, retainMs: 2 * 86_400_000 });
    await save(`history: { file: "", retain_days: 2 }\n${config("three")}`);
    assert.equal(await ear.models(), "three");
  }));

Deno.test("ConfigWatcher applies a default backend, a balance and fallbacks without a restart", () =>
  stage({}, async ({ ear, save }) => {
    await save(`${BACKENDS}default_backend: a
models:
  m: {balance: fastest, routes: [{backend: a, model: two}], fallback_to: [n]}
  n: [{backend: a, model: three}]
fallback: {affinity_seconds: 5}
detection: {mid_stream_error: event}
`);
    const heard = await ear.next();
    if (heard.kind !== "snapshot") assert.fail(JSON.stringify(heard));
    const { defaultBackend, aliases, fallback, detection } = heard.next;
    assert.equal(defaultBackend?.name, "a");
    assert.equal(aliases.get("m")?.balance, "fastest");
    assert.deepEqual(aliases.get("m")?.fallbackTo, ["n"]);
    assert.deepEqual([fallback.affinityMs, detection.midStreamError], [5000, "event"]);
  }));

Deno.test("ConfigWatcher puts no injected key behind a port that is open until a restart", () =>
  stage({}, async ({ ear, watcher, save }) => {
    const backends = BACKENDS.replace("name: a", "name: a, auth: inject, api_key: k");
    await save(config("two").replace(BACKENDS, `listen: "127.0.0.1:8080"\n${backends}`));
    const heard = await ear.next();
    assert.ok(heard.kind === "problems");
    assert.match(
      heard.lines.join(),
      /listen: until a restart the proxy listens on :8080/,
    );
    assert.equal(watcher.current.backends.get("a")?.auth, "passthrough");
  }));

Deno.test("ConfigWatcher reports what a callback throws, and goes on", () => {
  const models: string[] = [];
  return stage({
    onSnapshot: (next) => {
      models.push(modelsOf(next));
      throw new Error("callback");
    },
  }, async ({ ear, save }) => {
    for (const model of ["two", "three"]) {
      await save(config(model));
      const heard = await ear.next();
      assert.ok(heard.kind === "warning");
      assert.match(heard.line, /a reload has failed: Error: callback/);
    }
    assert.deepEqual(models, ["two", "three"]);
  });
});

Deno.test("ConfigWatcher.close() throws what onWarning threw, and nothing before", async () => {
  const thrown = Promise.withResolvers<void>();
  const onWarning = () => {
    thrown.resolve();
    throw new Error("no log");
  };
  const played = stage({ onWarning }, async ({ file }) => {
    await Deno.remove(file);
    await thrown.promise;
  });
  await assert.rejects(played, /no log/);
});

Deno.test("ConfigWatcher.close() ends a watch at any moment and leaves nothing running", async () => {
  for (let moment = 0; moment < 5; moment++) {
    await stage({ pollMs: 60_000, stableMs: 60_000, early: true }, async ({ save, watcher }) => {
      if (moment > 0) await save(config("two"));
      for (let turn = 0; turn < moment; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await watcher.close();
      assert.equal(modelsOf(watcher.current), "one");
    });
  }
});
