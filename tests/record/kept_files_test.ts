/** Files of ours that vanish or change under the running program, looked at by hand. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { GeneralLog } from "../../lib/record/general_log.ts";
import { History } from "../../lib/record/history.ts";
import { type KeptFile, KeptFiles } from "../../lib/record/kept_files.ts";
import { LogPlaces } from "../../lib/record/log_places.ts";
import { NO_LOGS, snapshotOf } from "../routing.ts";
import { recordOf, recordsOf, START_MS } from "./history_scene.ts";

const posix = { ignore: Deno.build.os === "windows" };
const NOW = () => new Date(START_MS);

/** A directory with everything that is kept in it, and what was said. */
async function startKept(generalName = "logs/proxy.log") {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const at = (name: string) => join(directory, name);
  const lines: string[] = [];
  const said = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
  const [info, warn] = [said("info"), said("warn")];
  const history = new History({ now: NOW, info, warn });
  history.configure({ history: { file: at("logs/history.db"), retainMs: Infinity } });
  const counted: string[] = [];
  const places = new LogPlaces({ onChange: () => counted.push("again"), warn, claims: true });
  const general = new GeneralLog({
    now: NOW,
    console: (text) => Promise.resolve(void lines.push(...text.trimEnd().split("\n"))),
    others: () => [at("config.yaml"), at("logs/history.db")],
  });
  const logging = {
    ...NO_LOGS,
    generalFile: at(generalName),
    requestDir: at("logs/requests"),
    errorDir: at("logs/errors"),
  };
  places.configure(logging);
  general.configure(snapshotOf([], { logging }));
  const kept = new KeptFiles({ files: [history, places, general], log: { info, warn } });
  return {
    at,
    lines,
    history,
    general,
    counted,
    places,
    recheck: kept.recheck,
    /** What was said since this was asked last. */
    said: () => lines.splice(0),
    ids: () => history.requests({}, { limit: 500 }).map(({ id }) => id),
    async put(id: string) {
      history.take(recordOf({ id }));
      await history.flush();
    },
    async [Symbol.asyncDispose]() {
      history.close();
      places.close();
      general.close();
      await general.flush();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

type Kept = Awaited<ReturnType<typeof startKept>>;

/** Ids in a file of the history, opened as anybody would. */
function idsAt(path: string): unknown[] {
  using db = new DatabaseSync(path);
  return db.prepare("SELECT id FROM requests ORDER BY seq").all().map(({ id }) => id);
}

async function has(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

const LOSSES: Readonly<Record<string, readonly [(kept: Kept) => Promise<void>, RegExp]>> = {
  "its file is deleted": [
    ({ at }) => Deno.remove(at("logs/history.db")),
    /^warn The history \S+ was deleted, and what it held is gone: a new one begins, with the requests that wait\.$/,
  ],
  "its file is deleted with -wal and -shm": [
    async ({ at }) => {
      for (const end of ["", "-wal", "-shm"]) await Deno.remove(at(`logs/history.db${end}`));
    },
    /was deleted, and what it held is gone/,
  ],
  "its directory is deleted": [
    ({ at }) => Deno.remove(at("logs"), { recursive: true }),
    /was deleted, and what it held is gone/,
  ],
  "its file is moved away": [
    ({ at }) => Deno.rename(at("logs/history.db"), at("moved.db")),
    /was moved away, and what it held with it: a new one begins\.$/,
  ],
  "its directory is moved away": [
    ({ at }) => Deno.rename(at("logs"), at("moved")),
    /was moved away, and what it held with it/,
  ],
  "its file is cut to nothing": [
    ({ at }) => Deno.truncate(at("logs/history.db"), 0),
    /is damaged; it is kept as \S+, and a new one begins\.$/,
  ],
  "its beginning is overwritten": [
    async ({ at }) => {
      using file = await Deno.open(at("logs/history.db"), { write: true });
      await file.write(new Uint8Array(100).fill(0xa5));
    },
    /is damaged; it is kept as/,
  ],
};

const UNLINKED: Readonly<Record<string, (kept: Kept) => Promise<void>>> = {
  "was deleted": ({ at }) => Deno.remove(at("logs/history.db")),
  "and its directory were deleted": ({ at }) => Deno.remove(at("logs"), { recursive: true }),
};

for (const [what, [lose, line]] of Object.entries(LOSSES)) {
  Deno.test(`cases 14: the history begins anew where ${what}, said once`, posix, async () => {
    await using kept = await startKept();
    await kept.put("before");
    kept.history.take(recordOf({ id: "waits" }));
    await kept.recheck();
    assert.deepEqual(kept.said(), []);
    await lose(kept);
    kept.history.take(recordOf({ id: "after" }));
    await kept.recheck();
    assert.match(kept.said().join("\n"), line);
    await kept.recheck();
    await kept.put("later");
    await kept.recheck();
    assert.deepEqual(kept.said(), []);
    assert.equal(kept.history.lost, 0);
    const found = idsAt(kept.at("logs/history.db"));
    assert.deepEqual(found.slice(-2), ["after", "later"]);
    assert.ok(!found.includes("before"));
  });
}

for (const [what, lose] of Object.entries(UNLINKED)) {
  Deno.test(
    `cases 14: rows written after the history ${what}, and before that is noticed, are in the next one`,
    posix,
    async () => {
      await using kept = await startKept();
      await kept.put("old");
      await kept.recheck();
      await lose(kept);
      for (const id of ["first", "second"]) await kept.put(id);
      await kept.recheck();
      await kept.put("third");
      assert.deepEqual(kept.ids().sort(), ["first", "second", "third"]);
      assert.equal(kept.history.lost, 0);
    },
  );
}

Deno.test(
  "cases 14: rows written after the history was moved away are in the file that was moved, and there alone",
  posix,
  async () => {
    await using kept = await startKept();
    await kept.recheck();
    await Deno.rename(kept.at("logs/history.db"), kept.at("moved.db"));
    await kept.put("moved");
    await kept.recheck();
    await kept.put("new");
    assert.deepEqual(idsAt(kept.at("moved.db")), ["moved"]);
    assert.deepEqual(kept.ids(), ["new"]);
  },
);

Deno.test("cases 14: a history that is moved away is whole without its log", posix, async () => {
  await using kept = await startKept();
  for (const record of recordsOf(20)) kept.history.take(record);
  await kept.put("last");
  await Deno.rename(kept.at("logs/history.db"), kept.at("moved.db"));
  await kept.recheck();
  assert.equal(idsAt(kept.at("moved.db")).length, 21);
  await kept.put("new");
  assert.deepEqual(kept.ids(), ["new"]);
});

Deno.test(
  "cases 14: a history that is replaced goes on in the other file, and harms it not",
  posix,
  async () => {
    await using kept = await startKept();
    await kept.put("backed-up");
    await kept.history.flush();
    await Deno.copyFile(kept.at("logs/history.db"), kept.at("backup.db"));
    for (const record of recordsOf(300)) kept.history.take(record);
    await kept.put("newer");
    await Deno.rename(kept.at("backup.db"), kept.at("logs/history.db"));
    await kept.recheck();
    assert.match(
      kept.said().join(),
      /was replaced: what stands there now is opened in its place\.$/,
    );
    await kept.put("later");
    assert.deepEqual(kept.ids().toSorted(), ["backed-up", "later"]);
    using db = new DatabaseSync(kept.at("logs/history.db"));
    assert.deepEqual(db.prepare("PRAGMA integrity_check").get(), {
      __proto__: null,
      integrity_check: "ok",
    });
  },
);

for (const end of ["-wal", "-shm"]) {
  Deno.test(`cases 14: the history loses no row where its ${end} is deleted`, posix, async () => {
    await using kept = await startKept();
    for (const record of recordsOf(5)) kept.history.take(record);
    await kept.put("before");
    await Deno.remove(kept.at(`logs/history.db${end}`));
    await kept.recheck();
    assert.match(
      kept.said().join(),
      /has lost its -wal or -shm file: it is opened anew, and nothing is lost/,
    );
    await kept.put("after");
    assert.equal(idsAt(kept.at("logs/history.db")).length, 7);
    await kept.recheck();
    assert.deepEqual(kept.said(), []);
  });
}

Deno.test(
  "cases 14: rows wait while a directory stands in the history's place",
  posix,
  async () => {
    await using kept = await startKept();
    await Deno.remove(kept.at("logs/history.db"));
    await Deno.mkdir(kept.at("logs/history.db"));
    await kept.recheck();
    await kept.put("waits");
    await kept.recheck();
    assert.equal(kept.said().filter((line) => /it is a directory/.test(line)).length, 1);
    await Deno.remove(kept.at("logs/history.db"));
    await kept.recheck();
    assert.match(kept.said().join(), /The history is kept again in .+; 0 requests were lost/);
    assert.deepEqual(idsAt(kept.at("logs/history.db")), ["waits"]);
  },
);

Deno.test(
  "cases 14: a history that another process writes, too, is said once, and both go on",
  posix,
  async () => {
    await using kept = await startKept();
    const second = new History({ now: NOW, info() {}, warn: assert.fail });
    second.configure({ history: { file: kept.at("logs/history.db"), retainMs: Infinity } });
    for (const id of ["a", "b"]) {
      second.take(recordOf({ id: `second ${id}` }));
      await second.flush();
      await kept.put(`first ${id}`);
      await kept.recheck();
    }
    second.close();
    assert.equal(kept.ids().length, 4);
    const said = kept.said();
    assert.equal(said.length, 1, said.join("\n"));
    assert.match(said[0] ?? "", /is written by another process as well/);
  },
);

Deno.test(
  "cases 14: the general log is there again within a look of its deletion",
  posix,
  async () => {
    await using kept = await startKept();
    kept.general.info("One.");
    await kept.general.flush();
    await kept.recheck();
    kept.said();
    await Deno.remove(kept.at("logs/proxy.log"));
    await kept.recheck();
    assert.match(
      kept.said().join(),
      /^warn The general log \S+ was deleted, and the lines in it are gone; a new one begins\.$/,
    );
    assert.ok(await has(kept.at("logs/proxy.log")));
    await kept.recheck();
    assert.deepEqual(kept.said(), []);
  },
);

Deno.test(
  "cases 14: a general log that logrotate moves, creates or cuts goes on, and says so",
  posix,
  async () => {
    await using kept = await startKept();
    const path = kept.at("logs/proxy.log");
    kept.general.info("One.");
    await kept.general.flush();
    await kept.recheck();
    kept.said();
    await Deno.rename(path, `${path}.1`);
    await Deno.writeTextFile(path, "");
    await kept.recheck();
    assert.match(kept.said().join(), /^info .+the log goes on in the file that is there now\.$/);
    kept.general.info("Two.");
    await kept.general.flush();
    await kept.recheck();
    await Deno.truncate(path, 0);
    await kept.recheck();
    assert.match(
      kept.said().join("\n"),
      /info The general log \S+ was cut or deleted; the log goes on in it\.$/,
    );
    assert.match(await Deno.readTextFile(`${path}.1`), /One\.\n$/);
  },
);

Deno.test(
  "cases 14: lines wait for a general log in whose place a directory stands, and none is lost",
  posix,
  async () => {
    await using kept = await startKept();
    const path = kept.at("logs/proxy.log");
    await Deno.mkdir(path, { recursive: true });
    for (const line of ["One.", "Two."]) kept.general.info(line);
    await kept.general.flush();
    await kept.recheck();
    assert.equal(kept.said().filter((line) => /Cannot write the general log/.test(line)).length, 1);
    await Deno.remove(path);
    await kept.recheck();
    await kept.general.flush();
    assert.match(
      await Deno.readTextFile(path),
      /One\.\n.+Two\.\n.+is written again in .+no line is missing/,
    );
    assert.equal(kept.general.dropped, 0);
  },
);

for (
  const [name, lay] of Object.entries({
    "by its path": () => {},
    "by a second name": (at: Kept["at"]) => Deno.linkSync(at("config.yaml"), at("alias.log")),
    "through a linked directory": (at: Kept["at"]) => Deno.symlinkSync(at("."), at("here")),
  })
) {
  const general = { "by its path": "config.yaml", "by a second name": "alias.log" }[name] ??
    "here/config.yaml";
  Deno.test(
    `cases 14: the general log writes no line into the configuration, named ${name}`,
    posix,
    async () => {
      await using kept = await startKept(general);
      await Deno.writeTextFile(kept.at("config.yaml"), "backends: []\n");
      lay(kept.at);
      kept.general.info("One.");
      await kept.general.flush();
      await kept.recheck();
      assert.equal(await Deno.readTextFile(kept.at("config.yaml")), "backends: []\n");
      assert.match(
        kept.said().join("\n"),
        /it is \S+config\.yaml, which is kept for something else; name another file/,
      );
    },
  );
}

Deno.test("cases 14: the general log writes no line into the history", posix, async () => {
  await using kept = await startKept("logs/history.db");
  await kept.put("row");
  kept.general.info("One.");
  await kept.general.flush();
  await kept.put("another");
  assert.equal(kept.ids().length, 2);
  assert.match(kept.said().join("\n"), /it is \S+history\.db, which is kept for something else/);
});

Deno.test(
  "cases 14: directories of request logs are made again, said once each, and counted again",
  posix,
  async () => {
    await using kept = await startKept();
    for (const name of ["requests", "errors"]) {
      await Deno.mkdir(kept.at(`logs/${name}`), {
        recursive: true,
      });
    }
    await kept.recheck();
    for (const name of ["requests", "errors"]) await Deno.remove(kept.at(`logs/${name}`));
    await kept.recheck();
    const said = kept.said();
    assert.equal(said.length, 2);
    for (const line of said) {
      assert.match(
        line,
        /^warn The directory of request logs \S+ was deleted or moved away/,
      );
    }
    assert.deepEqual(kept.counted, ["again"]);
    assert.equal(((await Deno.stat(kept.at("logs/requests"))).mode ?? 0) & 0o777, 0o700);
    await kept.recheck();
    assert.deepEqual(kept.said(), []);
  },
);

Deno.test(
  "cases 14: another directory in the place of one, as after a mount, is said and counted",
  posix,
  async () => {
    await using kept = await startKept();
    await Deno.mkdir(kept.at("logs/requests"));
    await Deno.mkdir(kept.at("other"));
    await kept.recheck();
    await Deno.rename(kept.at("logs/requests"), kept.at("moved"));
    await Deno.rename(kept.at("other"), kept.at("logs/requests"));
    await kept.recheck();
    assert.match(kept.said().join(), /logs go on in the one that is there now\.$/);
    assert.deepEqual(kept.counted, ["again"]);
  },
);

Deno.test(
  "cases 14: a file in the place of a directory is said once, and the end of it",
  posix,
  async () => {
    await using kept = await startKept();
    await Deno.mkdir(kept.at("logs/requests"));
    await kept.recheck();
    await Deno.remove(kept.at("logs/requests"));
    await Deno.writeTextFile(kept.at("logs/requests"), "in the way");
    await kept.recheck();
    await kept.recheck();
    assert.match(
      kept.said().join("\n"),
      /^warn .+is gone and cannot be made: .+Request logs are lost until it can\.$/,
    );
    await Deno.remove(kept.at("logs/requests"));
    await kept.recheck();
    assert.match(
      kept.said().join("\n"),
      /^warn The directory of request logs \S+ is there again\.$/,
    );
  },
);

Deno.test({
  name:
    "cases 14: of two processes one deletes in a directory, and the other once that one is gone",
  ignore: Deno.build.os === "windows" || !("tryLock" in Deno.FsFile.prototype),
  async fn() {
    await using first = await startKept();
    await Deno.mkdir(first.at("logs/requests"));
    await first.recheck();
    const lines: string[] = [];
    const second = new LogPlaces({
      onChange() {},
      warn: (line) => void lines.push(line),
      claims: true,
    });
    const requestDir = first.at("logs/requests");
    second.configure({ requestDir, errorDir: "" });
    assert.deepEqual([first.places.mayDeleteIn(requestDir), second.mayDeleteIn(requestDir)], [
      true,
      false,
    ]);
    for (let looks = 0; looks < 3; looks++) await second.look();
    assert.match(lines.join("\n"), /^Another llm-proxy keeps request logs in \S+, too: .+\.$/);
    first.places.close();
    await second.look();
    assert.equal(second.mayDeleteIn(requestDir), true);
    assert.match(lines.at(-1) ?? "", /^No other llm-proxy keeps request logs in/);
    second.close();
  },
});

Deno.test("KeptFiles waits for no file that gives no answer, and goes on with the others", async () => {
  let looks = 0;
  const never: KeptFile = { look: () => new Promise(() => {}) };
  const seen = Promise.withResolvers<void>();
  const other: KeptFile = {
    look() {
      if (++looks === 2) seen.resolve();
      return Promise.resolve([]);
    },
  };
  const log = { info() {}, warn: assert.fail };
  const kept = new KeptFiles({ files: [never, other], log, everyMs: 1 });
  kept.start();
  // What looks by itself keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  await seen.promise;
  clearInterval(alive);
  kept.close();
});

Deno.test("KeptFiles says once that a look has failed", async () => {
  const lines: string[] = [];
  const broken: KeptFile = { look: () => Promise.reject(new Error("on purpose")) };
  const kept = new KeptFiles({
    files: [broken],
    log: { info() {}, warn: (line) => void lines.push(line) },
  });
  await kept.recheck();
  await kept.recheck();
  assert.deepEqual(lines, ["Cannot look after a file: Error: on purpose. It is tried again."]);
});
