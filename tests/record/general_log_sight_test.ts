/** What becomes of the general log's file between two writes, and who says it: the next look or the next line. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { GeneralLog } from "../../lib/record/general_log.ts";
import { KeptFiles } from "../../lib/record/kept_files.ts";
import { NO_LOGS, snapshotOf } from "../routing.ts";

const posix = { ignore: Deno.build.os === "windows" };

/** A general log with a line in it that was looked at, or not yet. */
async function startSeen({ isLooked = true } = {}) {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const path = join(directory, "logs/proxy.log");
  const shown: string[] = [];
  const log = new GeneralLog({
    now: () => new Date(Date.UTC(2026, 0, 1)),
    console: (text) => Promise.resolve(void shown.push(...text.trimEnd().split("\n"))),
  });
  log.configure(snapshotOf([], { logging: { ...NO_LOGS, generalFile: path } }));
  const kept = new KeptFiles({ files: [log], log });
  const write = async (line: string) => {
    log.info(line);
    await log.flush();
  };
  await write("First.");
  if (isLooked) await kept.recheck();
  return {
    directory,
    path,
    write,
    look: async () => {
      await kept.recheck();
      await log.flush();
    },
    read: () => Deno.readTextFile(path),
    /** What was said of the file, level first. */
    said: () =>
      shown.filter((line) => line.includes("The general log")).map((line) => line.slice(25)),
    async [Symbol.asyncDispose]() {
      log.close();
      await log.flush();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

type Seen = Awaited<ReturnType<typeof startSeen>>;

const FIRST: Readonly<Record<string, (seen: Seen) => Promise<void>>> = {
  "the next line": async (seen) => {
    await seen.write("Second.");
    await seen.look();
  },
  "the next look": async (seen) => {
    await seen.look();
    await seen.write("Second.");
  },
  "a look beside many lines": async (seen) => {
    await Promise.all([seen.write("Second."), seen.look(), seen.write("Third."), seen.look()]);
  },
};

const LOSSES: Readonly<Record<string, readonly [(seen: Seen) => Promise<void>, RegExp]>> = {
  "deleted": [
    ({ path }) => Deno.remove(path),
    /^WARN +The general log \S+ was deleted, and the lines in it are gone; a new one begins\.$/,
  ],
  "deleted with its directory": [
    ({ directory }) => Deno.remove(join(directory, "logs"), { recursive: true }),
    /^WARN +The general log \S+ was deleted, and the lines in it are gone; a new one begins\.$/,
  ],
  "moved away, as logrotate does": [
    ({ path }) => Deno.rename(path, `${path}.1`),
    /^INFO +The general log \S+ was moved away, with the lines in it; a new one begins\.$/,
  ],
  "moved, compressed and deleted, as with logrotate's compress": [
    async ({ path }) => {
      await Deno.rename(path, `${path}.1`);
      await Deno.writeTextFile(`${path}.1.gz`, "what was in it");
      await Deno.remove(`${path}.1`);
    },
    /^INFO +The general log \S+ was moved away, with the lines in it; a new one begins\.$/,
  ],
  "moved to another directory, as with logrotate's olddir": [
    async ({ path, directory }) => {
      await Deno.mkdir(join(directory, "old"));
      await Deno.rename(path, join(directory, "old/proxy.log.1"));
    },
    /^INFO +The general log \S+ was moved away, with the lines in it; a new one begins\.$/,
  ],
  "replaced, as with logrotate's create": [
    async ({ path }) => {
      await Deno.rename(path, `${path}.1`);
      await Deno.writeTextFile(path, "");
    },
    /^INFO +The general log \S+ was deleted or moved away; the log goes on in the file that is there now\.$/,
  ],
  "cut, as with logrotate's copytruncate": [
    ({ path }) => Deno.truncate(path),
    /^INFO +The general log \S+ was cut or deleted; the log goes on in it\.$/,
  ],
};

for (const [what, [lose, line]] of Object.entries(LOSSES)) {
  for (const [who, come] of Object.entries(FIRST)) {
    Deno.test(
      `cases 14: a general log that was ${what} is told of once, where ${who} comes first`,
      posix,
      async () => {
        await using seen = await startSeen();
        await lose(seen);
        await come(seen);
        await seen.look();
        assert.equal(seen.said().length, 1, seen.said().join("\n"));
        assert.match(seen.said()[0] ?? "", line);
        const text = await seen.read();
        assert.match(text, /Second\.\n/);
        assert.doesNotMatch(text, /First\./);
        assert.equal(text.match(/The general log/g)?.length, 1);
      },
    );
  }
}

Deno.test("cases 14: a general log that goes before its first look is missed", posix, async () => {
  await using seen = await startSeen({ isLooked: false });
  await Deno.remove(seen.path);
  await seen.write("Second.");
  await seen.look();
  assert.equal(seen.said().length, 1);
  assert.match(seen.said()[0] ?? "", /^WARN +.+ was deleted or moved away; a new one begins\.$/);
});

Deno.test(
  "cases 14: each loss of the general log is told of, without a look between",
  posix,
  async () => {
    await using seen = await startSeen();
    for (const line of ["Second.", "Third."]) {
      await Deno.remove(seen.path);
      await seen.write(line);
      await seen.write("On.");
    }
    assert.equal(seen.said().length, 2, seen.said().join("\n"));
  },
);

Deno.test("cases 14: a general log that is written and looked at changes by nobody's hand", async () => {
  await using seen = await startSeen();
  for (let count = 0; count < 20; count++) {
    await Promise.all([seen.write(`Line ${count}.`), seen.look()]);
  }
  assert.deepEqual(seen.said(), []);
});

Deno.test(
  "cases 14: a general log is deleted, and not rotated, beside other files that are written",
  posix,
  async () => {
    await using seen = await startSeen();
    for (const name of ["proxy.db", "proxy.db-wal", "proxy.logs", "proxy.yaml"]) {
      await Deno.writeTextFile(join(seen.directory, "logs", name), "new");
    }
    await Deno.remove(seen.path);
    await seen.write("Second.");
    assert.match(seen.said()[0] ?? "", /^WARN +The general log \S+ was deleted, and the lines/);
  },
);
