/** What a name leads to is the machine's to say: these tests run the program on machines of their own. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { callRaw, connectTo, requestBytes, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import { startPeer, startReplier } from "../peer.ts";
import { visit, whyNotIts } from "./machine.ts";
import { CALL, includes, isWell, WELL } from "./scene.ts";

/** An address on which no resolver listens; a resolver's port is no other than 53. */
const RESOLVER = "127.0.0.9";

const LOCAL = "127.0.0.1 localhost\n";
const whyNoHosts = await whyNotIts("/etc/hosts");
const whyNoResolver = await whyNotIts("/etc/resolv.conf", "/etc/nsswitch.conf") ||
  await whyNoMuteResolver();

Deno.test({
  name: `F002: a resolver that never answers ends in connect_seconds and moves on${whyNoResolver}`,
  ignore: whyNoResolver !== "",
  async fn() {
    await using resolver = await startMuteResolver();
    await using good = await startReplier(WELL);
    const bad = { url: "http://never-resolved.test" };
    const files = {
      "/etc/resolv.conf": `nameserver ${RESOLVER}\noptions timeout:30\n`,
      "/etc/nsswitch.conf": "hosts: files dns\n",
    };
    const yaml = chain({ bad, good }, "timeouts: { connect_seconds: 0.2 }");
    await using program = await visit(yaml, { files });
    isWell(await callRaw(program.url, CALL));
    includes(resolver.asked(), "never-resolved");
    const why = "bad (bad-model): not reached: no connection in time (CONNECT_TIMEOUT";
    includes(program.log, why);
    includes(
      program.log,
      "; fallback to good (good-model); the backend cools for 300 s, set by cooldown_seconds [",
    );
  },
});

Deno.test({
  name: `F003: of several addresses, one that is dead does not matter${whyNoHosts}`,
  ignore: whyNoHosts !== "",
  async fn() {
    await using peer = await startReplier(WELL);
    const hosts = `${LOCAL}127.0.0.3 dead-first\n127.0.0.1 dead-first\n` +
      "127.0.0.1 dead-last\n127.0.0.3 dead-last\n";
    const yaml = `
backends:
  - { name: first, url: "http://dead-first:${peer.port}" }
  - { name: last, url: "http://dead-last:${peer.port}" }
models:
  chat: [{ backend: first, model: m }]
  other: [{ backend: last, model: m }]
`;
    await using program = await visit(yaml, { files: { "/etc/hosts": hosts } });
    isWell(await callRaw(program.url, CALL));
    isWell(await callRaw(program.url, { body: `{"model":"other"}` }));
    assert.equal(peer.requests.length, 2);
    assert.ok(!program.log.includes("fallback"), program.log);
  },
});

Deno.test({
  name: `F004: new connections go to a name's new address, old ones end as they were${whyNoHosts}`,
  ignore: whyNoHosts !== "",
  async fn() {
    const release = Promise.withResolvers<void>();
    await using before = await startPeer(async ({ write }) => {
      await release.promise;
      await write(WELL);
    });
    await using after = Deno.serve(
      { hostname: "127.0.0.2", port: before.port, onListen() {} },
      () => Response.json({ choices: [{ message: { content: "from the new address" } }] }),
    );
    const hosts = "/etc/hosts";
    const yaml = chain({ moving: { url: `http://moving:${before.port}` } });
    await using program = await visit(yaml, { files: { [hosts]: `${LOCAL}127.0.0.1 moving\n` } });
    await using caller = await connectTo(program.url);
    await caller.send(requestBytes(CALL));
    await before.seen(0);
    await program.replace(hosts, `${LOCAL}${after.addr.hostname} moving\n`);
    const got = await callRaw(program.url, CALL);
    assert.match(textOf(got), /from the new address/);
    release.resolve();
    isWell(await caller.reply());
    assert.equal(before.requests.length, 1);
  },
});

interface MuteResolver extends AsyncDisposable {
  /** All it was asked, one character a byte. */
  asked(): string;
}

/** A resolver that takes every question and answers none. */
async function startMuteResolver(): Promise<MuteResolver> {
  const socket = createSocket("udp4");
  let asked = "";
  socket.on("message", (question) => asked += question.toString("latin1"));
  const bound = once(socket, "listening");
  socket.bind(53, RESOLVER);
  await bound;
  return {
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
}

async function whyNoMuteResolver(): Promise<string> {
  try {
    await using _resolver = await startMuteResolver();
    return "";
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : cause;
    return ` (skipped: it takes leave to listen on ${RESOLVER}:53, not ${code})`;
  }
}
