/** A program that has no file descriptors left, until it has some again. */
import assert from "node:assert/strict";
import { type Caller, callRaw, connectTo, type RawRequest, textOf } from "../caller.ts";
import type { RawReply } from "../caller.ts";
import { requestBytes } from "../caller.ts";
import { type Home, makeHome, type Program, type RunOptions, startProgram } from "./program.ts";

/** prlimit changes another process's limits on Linux alone. */
export const onLinux = { ignore: Deno.build.os !== "linux" };

export const CALL: RawRequest = { body: `{"model":"chat"}` };

export interface Short extends AsyncDisposable {
  readonly home: Home;
  readonly program: Program;
  /** A connection that it has accepted. */
  connection(): Promise<Caller>;
  /** From now on it can open nothing more. */
  exhaust(): Promise<void>;
  /** It has as many as before. */
  free(): Promise<void>;
}

export async function startShort(yaml: string, options: RunOptions = {}): Promise<Short> {
  await using stack = new AsyncDisposableStack();
  const home = stack.use(await makeHome(yaml));
  const program = stack.use(await startProgram(["-config", home.configFile], options));
  const callers = stack.use(new AsyncDisposableStack());
  const kept = stack.move();
  return {
    home,
    program,
    async connection() {
      const caller = callers.use(await connectTo(program.url));
      await caller.send(requestBytes({ method: "GET", target: "/health" }));
      assert.equal((await caller.reply("GET")).status, 200);
      return caller;
    },
    exhaust: () => limit(program.pid, "3:"),
    free: () => limit(program.pid, "1024:"),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Changes how many files and sockets a process may have open. @param most as `soft:hard` */
export async function limit(pid: number, most: string): Promise<void> {
  const args = ["--pid", String(pid), `--nofile=${most}`];
  const { success, stderr } = await new Deno.Command("prlimit", { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** The reply to a request on a connection that stands. */
export async function ask(caller: Caller, request: RawRequest = CALL): Promise<RawReply> {
  await caller.send(requestBytes(request));
  return await caller.reply(request.method);
}

/** Opens connections, more than the process may hold, and leaves them idle. */
export async function crowd(url: string, count: number): Promise<Disposable> {
  const { hostname, port } = new URL(url);
  const connecting = Array.from({ length: count }, () => {
    return Deno.connect({ hostname, port: Number(port) });
  });
  // Some are reset: that is what a crowd is for.
  const opened = (await Promise.allSettled(connecting)).filter((each) =>
    each.status === "fulfilled"
  );
  return { [Symbol.dispose]: () => opened.forEach(({ value }) => value.close()) };
}

/** Resolves once new connections are served so many times in a row, within a minute. */
export async function served(url: string, times = 1): Promise<void> {
  const deadline = performance.now() + 60_000;
  const question = { method: "GET", target: "/health" };
  for (let left = times; left > 0;) {
    assert.ok(performance.now() < deadline, `${left} of ${times} answers are missing`);
    const answer = await callRaw(url, question).catch(() => undefined);
    left = answer !== undefined && textOf(answer) === "ok" ? left - 1 : times;
    if (answer === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
