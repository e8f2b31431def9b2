import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import {
  type Caller,
  callRaw,
  connectTo,
  lineValue,
  type RawReply,
  requestBytes,
  textOf,
} from "../caller.ts";
import { chain } from "../chain.ts";
import { AUTHORITY, KEY, RIGHT } from "../faults/certificates.ts";
import { chunk, CONTENT, DONE, reply, startPeer, startReplier, STREAM_HEAD } from "../peer.ts";
import { samplesIn } from "../record/samples.ts";
import { ask, CALL, crowd, limit, onLinux, served } from "./shortage.ts";
import { startShort } from "./shortage.ts";

const OK = reply(200, `{"ok":1}`);
const HEALTH = { method: "GET", target: "/health" };
const ADMIN = `admin: { listen: "127.0.0.1:0" }\n`;

/** The caller is told that it is our affair, and when to come again. */
function isTurnedAway(got: RawReply): void {
  assert.equal(got.status, 503, textOf(got));
  assert.equal(lineValue(got, "retry-after"), "1");
  assert.equal(JSON.parse(textOf(got)).error.code, "out_of_resources");
}

for (const workers of [1, 2]) {
  Deno.test({
    name:
      `F159: the program of ${workers} loops outlives running out of file descriptors, and listens again`,
    ...onLinux,
    async fn() {
      await using unused = await startReplier(OK);
      await using scene = await startShort(chain({ unused }, `workers: ${workers}\n`));
      await limit(scene.program.pid, "64:64");
      (await crowd(scene.program.url, 120))[Symbol.dispose]();
      // Connections are dealt out by chance: a loop that does not listen would be found.
      await served(scene.program.url, workers === 1 ? 1 : 30);
    },
  });

  Deno.test({
    name:
      `H1: a crowd takes every descriptor of ${workers} loops before the first request log; it lives, and serves again`,
    ...onLinux,
    async fn() {
      await using backend = await startReplier(OK);
      const yaml = chain({ backend }, `workers: ${workers}\n`);
      await using scene = await startShort(yaml, { mostDescriptors: 256 });
      const { program } = scene;
      const callers = [await scene.connection(), await scene.connection()];
      {
        using _ = await crowd(program.url, 300);
        await program.logged(/No connection can be accepted for now/);
        for (const caller of callers) {
          // A listener that is made anew ends connections that are idle.
          const got = await ask(caller).catch(() => undefined);
          if (got !== undefined && got.status !== 200) isTurnedAway(got);
        }
        // Deno.serve of Deno 2.4 (the binary of the tests) tells that it no longer accepts only once its
        // last connection is over.
        callers.forEach((caller) => caller.leave());
      }
      await served(program.url, workers === 1 ? 1 : 30);
      await untilAnswered(program.url);
      assert.doesNotMatch(program.log, /cools for \d| has died/);
    },
  });

  Deno.test({
    name:
      `H1, H10: the first POST to ${workers} loops finds no descriptors: 503 of ours, and nothing cools`,
    ...onLinux,
    async fn() {
      await using backend = await startReplier(OK);
      await using scene = await startShort(chain({ backend }, `workers: ${workers}\n${ADMIN}`));
      const { program } = scene;
      const callers: Caller[] = [];
      while (callers.length < 8) callers.push(await scene.connection());
      const admin = await adminOf(scene);
      await scene.exhaust();
      for (const caller of callers) isTurnedAway(await ask(caller));
      assert.deepEqual(backend.requests, []);
      // What could not be written is said, and counted.
      await program.logged(/Request logs are being lost/);
      await scene.free();
      for (const caller of callers) assert.equal((await ask(caller)).status, 200);
      await served(program.url);
      await program.logged(/No connection to a backend can be made \(.*ulimit -n/);
      assert.doesNotMatch(program.log, /cools for \d| has died/);
      const { body } = await ask(admin, { method: "GET", target: "/metrics" });
      const samples = samplesIn(textOf({ body }));
      assert.ok((samples.get(`llm_proxy_records_lost_total{record="request_log"}`) ?? 0) > 0);
    },
  });
}

for (const start of ["", "GET / HTTP/1.1\r\nX-Slow: "]) {
  Deno.test({
    name: `connections that only begin with ${
      JSON.stringify(start)
    } take every descriptor; who comes then is served`,
    ...onLinux,
    async fn() {
      await using backend = await startReplier(OK);
      await using scene = await startShort(chain({ backend }), { mostDescriptors: 128 });
      const { hostname, port } = new URL(scene.program.url);
      await using crowd = new AsyncDisposableStack();
      let last: Deno.TcpConn | undefined;
      for (let count = 0; count < 200; count++) {
        const conn = await Deno.connect({ hostname, port: Number(port) });
        last = conn;
        crowd.defer(() => conn.close());
        await conn.write(new TextEncoder().encode(start)).catch(() => {});
      }
      await using caller = await connectTo(scene.program.url);
      assert.equal((await ask(caller, HEALTH)).status, 200);
      await scene.program.logged(/No connection can be accepted for now/);
      // Not because their time was up.
      assert.doesNotMatch(scene.program.log, /: 408,/);
      const ended = last?.read(new Uint8Array(1)).catch(() => null);
      assert.equal(await Promise.race([ended, ask(caller, HEALTH).then(() => "open")]), "open");
    },
  });
}

/** A connection to the admin port. */
async function adminOf({ program }: Awaited<ReturnType<typeof startShort>>): Promise<Caller> {
  const line = / INFO +Dashboard on (http:\/\/127\.0\.0\.1:\d+)$/m;
  await program.logged(line);
  const caller = await connectTo(line.exec(program.log)?.[1] ?? "");
  await ask(caller, { method: "GET", target: "/api/cooldowns" });
  return caller;
}

Deno.test({
  name: "H10: a connection that is kept still answers, and its backend is the next route's gain",
  ...onLinux,
  async fn() {
    const body = `{ "choices":[{"message":{"role":"assistant","content":"hi"}}] }`;
    await using first = await startPeer(({ write }) => write(reply(500, "{}")));
    await using second = await startPeer(({ write }) => write(reply(200, body)));
    await using scene = await startShort(
      chain({ first, second }, "fallback: { cooldown_seconds: 0 }\n"),
    );
    const caller = await scene.connection();
    // The first one closes after its 500 or not: what counts is that the second one's is kept.
    assert.equal((await ask(caller)).status, 200);
    await scene.exhaust();
    const got = await ask(caller);
    assert.equal(got.status, 200, textOf(got));
    await scene.free();
  },
});

Deno.test({
  name: "H10: a look-up that finds no descriptors is no fault of the backend's",
  ...onLinux,
  async fn() {
    await using backend = await startReplier(OK);
    const url = backend.url.replace("127.0.0.1", "localhost");
    await using scene = await startShort(chain({ backend: { url } }));
    const caller = await scene.connection();
    await scene.exhaust();
    isTurnedAway(await ask(caller));
    await scene.free();
    // A shortage is remembered for a second, in which a look-up may still fail for another reason.
    await untilAnswered(scene.program.url);
    assert.doesNotMatch(scene.program.log, /cools for \d/);
  },
});

Deno.test({
  name:
    "H10: roots that the environment names are trusted after a first connection without descriptors",
  ...onLinux,
  async fn() {
    const server = createServer({ key: KEY, cert: RIGHT }, (_request, response) => {
      response.end(`{"ok":1}`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const roots = await Deno.makeTempFile({ suffix: ".pem" });
    await Deno.writeTextFile(roots, AUTHORITY);
    const yaml = chain({ backend: { url: `https://127.0.0.1:${port}` } });
    {
      await using scene = await startShort(yaml, { env: { DENO_CERT: roots } });
      const caller = await scene.connection();
      await scene.exhaust();
      isTurnedAway(await ask(caller));
      await scene.free();
      await untilAnswered(scene.program.url);
      assert.doesNotMatch(scene.program.log, /cools for \d/);
    }
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await Deno.remove(roots);
  },
});

/** Asks until a backend answers; every other answer is a 503 of ours. */
async function untilAnswered(url: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const got = await callRaw(url, CALL);
    if (got.status === 200) return;
    isTurnedAway(got);
    assert.ok(performance.now() < deadline, "no backend has answered for a minute");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

Deno.test({
  name: "H1: a stream goes on without descriptors, and others are turned away meanwhile",
  ...onLinux,
  async fn() {
    const release = Promise.withResolvers<void>();
    await using backend = await startPeer(async ({ write }) => {
      await write(STREAM_HEAD + chunk(CONTENT));
      await release.promise;
      await write(chunk(DONE) + chunk(""));
    });
    await using scene = await startShort(chain({ backend }));
    const [reader, other] = [await scene.connection(), await scene.connection()];
    await reader.send(requestBytes({ body: `{"model":"chat","stream":true}` }));
    await reader.until(CONTENT);
    await scene.exhaust();
    isTurnedAway(await ask(other));
    release.resolve();
    const got = await reader.reply();
    assert.equal(got.ending, "whole");
    assert.equal(textOf(got), CONTENT + DONE);
    await scene.free();
    await served(scene.program.url);
  },
});

Deno.test({
  name:
    "H1: a configuration saved without descriptors is read when there are some, and not called broken",
  ...onLinux,
  async fn() {
    await using first = await startReplier(reply(200, `{"from":"first"}`));
    await using scene = await startShort(chain({ first }));
    const { program, home } = scene;
    const caller = await scene.connection();
    await ask(caller);
    await scene.exhaust();
    const text = await Deno.readTextFile(home.configFile);
    await Deno.writeTextFile(home.configFile, `${text}\nlimits: { max_body_mb: 7 }\n`);
    await program.logged(/cannot be read now, for want of file descriptors/);
    assert.equal((await ask(caller, { method: "GET", target: "/v1/models" })).status, 200);
    await scene.free();
    await program.logged(/Reloaded .*reload 1 since/);
    assert.doesNotMatch(program.log, /was not loaded/);
  },
});

Deno.test({
  name: "H1: the dashboard is there while descriptors are short, and afterwards",
  ...onLinux,
  async fn() {
    await using backend = await startReplier(OK);
    await using scene = await startShort(chain({ backend }, ADMIN));
    await using admin = await adminOf(scene);
    await scene.exhaust();
    const page = { method: "GET", target: "/app.js" };
    assert.equal((await ask(admin, page)).status, 200);
    for (const target of ["/metrics", "/api/cooldowns", "/api/requests", "/api/now"]) {
      assert.equal((await ask(admin, { method: "GET", target })).status, 200);
    }
    await scene.free();
    assert.equal((await ask(admin, page)).status, 200);
  },
});

Deno.test({
  name: "H1: the history keeps what was answered while no descriptors were left",
  ...onLinux,
  async fn() {
    await using backend = await startReplier(OK);
    await using scene = await startShort(chain({ backend }, "history: { file: history.db }\n"));
    const { program, home } = scene;
    const caller = await scene.connection();
    await scene.exhaust();
    for (let request = 0; request < 3; request++) isTurnedAway(await ask(caller));
    await scene.free();
    program.signal("SIGTERM");
    assert.equal((await program.exited).code, 0);
    using db = new DatabaseSync(`${home.directory}/history.db`, { readOnly: true });
    const rows = db.prepare("SELECT status FROM requests").all();
    assert.deepEqual(rows.map(({ status }) => status), [503, 503, 503]);
  },
});
