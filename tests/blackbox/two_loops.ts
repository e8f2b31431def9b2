/** A program of two event loops, and callers of the one or the other. */
import assert from "node:assert/strict";
import { type Caller, connectTo, type RawReply, requestBytes } from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, CONTENT, DONE, type Peer, reply, startPeer, STREAM_HEAD } from "../peer.ts";
import { samplesIn, samplesOf } from "../record/samples.ts";
import { type Home, makeHome, type Program, startProgram } from "./program.ts";

/** On other systems one loop serves, whatever is written. */
export const onLinux = { ignore: Deno.build.os !== "linux" };

export const CALL = { body: `{"model":"chat"}`, lines: ["Accept-Encoding: identity"] };
const STREAM = { ...CALL, body: `{"model":"chat","stream":true}` };

export interface TwoLoops extends AsyncDisposable {
  readonly home: Home;
  readonly program: Program;
  readonly backend: Peer;
  /** A connection to that loop, on which one call has been answered. */
  connectionTo(loop: 0 | 1): Promise<Caller>;
  /** A caller who has had one event of two from that loop. */
  streamOn(loop: 0 | 1): Promise<Caller>;
  /** Lets the backend send the other. */
  readonly release: () => void;
  /** A sample of the page of metrics; 0 where there is none. */
  metric(name: string): Promise<number>;
  /** What the admin port answers. */
  api(path: string): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
  /** Where it is. */
  readonly adminUrl: string;
}

const DASHBOARD = / INFO +Dashboard on (http:\/\/127\.0\.0\.1:\d+)$/m;

export interface TwoLoopsOptions {
  /** Further top-level keys. */
  readonly keys?: string;
  /** Further backends, and the aliases before `chat`. */
  readonly more?: string;
}

export async function startTwoLoops(
  { keys = "", more = "" }: TwoLoopsOptions = {},
): Promise<TwoLoops> {
  await using stack = new AsyncDisposableStack();
  const released = Promise.withResolvers<void>();
  const backend = stack.use(
    await startPeer(async ({ request, write }) => {
      const isStream = new TextDecoder().decode(request.body).includes("stream");
      if (!isStream) return await write(reply(200, `{"ok":1}`));
      await write(STREAM_HEAD + chunk(CONTENT));
      await released.promise;
      await write(chunk(DONE) + chunk(""));
    }),
  );
  const rest = `workers: 2\nadmin: { listen: "127.0.0.1:0" }\n${keys}`;
  const plain = chain({ backend }, rest);
  const yaml = more === "" ? plain : plain.replace("\nmodels:", more);
  const home = stack.use(await makeHome(yaml));
  const program = stack.use(await startProgram(["-config", home.configFile]));
  await program.logged(DASHBOARD);
  const [, adminUrl = ""] = DASHBOARD.exec(program.log) ?? [];
  const callers = stack.use(new AsyncDisposableStack());
  const api = (path: string) => fetch(adminUrl + path);
  const samples = async () => samplesIn(await (await api("/metrics")).text());
  const served = async (loop: number) =>
    (await samples()).get(`llm_proxy_loop_requests_total{loop="${loop}"}`) ?? 0;
  const total = async () => {
    const all = samplesOf(await samples(), "llm_proxy_loop_requests_total");
    return all.reduce((sum, [, value]) => sum + value, 0);
  };

  async function connectionTo(loop: 0 | 1): Promise<Caller> {
    for (let left = 60; left > 0; left--) {
      const [before, all] = [await served(loop), await total()];
      const caller = callers.use(await connectTo(program.url));
      await caller.send(requestBytes(CALL));
      assert.equal((await caller.reply()).status, 200);
      // It is counted a moment after its answer has gone out.
      await eventually(async () => await total() > all);
      if (await served(loop) > before) return caller;
      caller.leave();
    }
    assert.fail(`no connection came to loop ${loop}`);
  }

  const kept = stack.move();
  return {
    home,
    program,
    backend,
    adminUrl,
    api,
    async post(path, body) {
      const headers = { "x-llm-proxy": "1", "content-type": "application/json" };
      const options = { method: "POST", headers, body: JSON.stringify(body) };
      const answer = await fetch(adminUrl + path, options);
      assert.equal(answer.status, 200, await answer.text());
      return answer;
    },
    connectionTo,
    async streamOn(loop) {
      const caller = await connectionTo(loop);
      await caller.send(requestBytes(STREAM));
      await caller.until(CONTENT);
      return caller;
    },
    release: released.resolve,
    metric: async (name) => (await samples()).get(name) ?? 0,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Resolves once the question, asked again and again, is answered with yes; fails after ten seconds. */
export async function eventually(question: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 10_000;
  while (!await question()) assert.ok(performance.now() < deadlineMs, "it did not come to that");
}

/** The answer to another call on a connection. */
export async function again(caller: Caller): Promise<RawReply> {
  await caller.send(requestBytes(CALL));
  return await caller.reply();
}

/** What the general log has by now, and at the program's end all of it. */
export async function generalLog({ directory }: Home): Promise<string[]> {
  return (await Deno.readTextFile(`${directory}/logs/proxy.log`)).trimEnd().split("\n");
}
