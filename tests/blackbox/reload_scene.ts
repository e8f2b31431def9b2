/** A running proxy whose configuration file is about to change. */
import assert from "node:assert/strict";
import { callRaw, lineValue } from "../caller.ts";
import { chain } from "../chain.ts";
import { type Peer, rawReply, startReplier } from "../peer.ts";
import {
  type Home,
  makeHome,
  onFreePort,
  type Program,
  startProgram,
  withoutAdmin,
} from "./program.ts";

export const BODY = `{"model":"chat"}`;

export interface ReloadScene extends AsyncDisposable {
  readonly home: Home;
  readonly program: Program;
  readonly before: Peer;
  readonly after: Peer;
  /** The configuration that leads to `after`. */
  readonly next: string;
  /** Which of the two answers now. */
  answers(): Promise<string | undefined>;
}

/**
 * A proxy whose configuration leads to `before`.
 *
 * @param lay puts the configuration in place instead of a plain file
 */
export async function startReloadScene(
  lay?: (home: Home, yaml: string) => Promise<void>,
): Promise<ReloadScene> {
  const stack = new AsyncDisposableStack();
  const before = stack.use(await startReplier(rawReply(200, ["X-From: before"], `{"ok":1}`)));
  const after = stack.use(await startReplier(rawReply(200, ["X-From: after"], `{"ok":1}`)));
  const yaml = withoutAdmin(onFreePort(chain({ before })));
  const home = stack.use(await makeHome(lay === undefined ? yaml : undefined));
  await lay?.(home, yaml);
  const program = stack.use(await startProgram(["-config", home.configFile]));
  const answers = async () => lineValue(await callRaw(program.url, { body: BODY }), "x-from");
  assert.equal(await answers(), "before");
  return {
    home,
    program,
    before,
    after,
    next: withoutAdmin(onFreePort(chain({ after }))),
    answers,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** How long a change may take: a second, and as much again and more for a busy machine. */
const IN_FORCE_MS = 3000;

/** The change is in force with the next request, soon, and was reloaded once. */
export async function takesEffect({ program, answers }: ReloadScene, change: () => Promise<void>) {
  const startedAtMs = performance.now();
  await change();
  await program.logged(/Reloaded .*reload 1 since/);
  const tookMs = performance.now() - startedAtMs;
  assert.ok(tookMs < IN_FORCE_MS, `the change took ${tookMs} ms`);
  assert.equal(await answers(), "after");
}

export async function replaceByRename(file: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${file}.new`, text);
  await Deno.rename(`${file}.new`, file);
}
