/** A person at `init`'s questions, and the directory that it writes into. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { init } from "../../lib/cli/init.ts";
import { type Dialogue, Interrupted } from "../../lib/cli/init/dialogue.ts";

/** What is answered to each question, by a part of it, in order; what nobody named gets Enter. */
export type Replies = readonly (readonly [question: RegExp, answer: string])[];

/** Leaves at that question. */
export const LEAVES = "\x03";

export interface Talk {
  readonly code: number;
  /** All that was shown, questions and errors too. */
  readonly shown: string;
  /** The questions whose answer is not shown. */
  readonly secret: readonly string[];
}

export interface TalkAround {
  readonly env?: Readonly<Record<string, string>>;
  readonly test?: ((file: string) => Promise<unknown>) | undefined;
}

export interface Desk extends AsyncDisposable {
  readonly directory: string;
  readonly config: string;
  readonly env: string;
  talk(replies: Replies, around?: TalkAround): Promise<Talk>;
  read(name: string): Promise<string>;
  files(): Promise<readonly string[]>;
}

export async function makeDesk(): Promise<Desk> {
  const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-proxy-init-" }));
  const config = join(directory, "config.yaml");
  return {
    directory,
    config,
    env: join(directory, ".env"),
    async talk(replies, { env = {}, test } = {}) {
      const shown: string[] = [];
      const secret: string[] = [];
      const dialogue = personWith(replies, { shown, secret });
      const output = {
        out: (line: string) => void shown.push(line),
        err: (line: string) => void shown.push(line),
      };
      const code = await init({ config, dialogue, env: (name) => env[name], test }, output);
      return { code, shown: shown.join("\n"), secret };
    },
    read: (name) => Deno.readTextFile(join(directory, name)),
    files: async () => (await Array.fromAsync(Deno.readDir(directory), ({ name }) => name)).sort(),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

function personWith(
  replies: Replies,
  { shown, secret }: { readonly shown: string[]; readonly secret: string[] },
): Dialogue {
  const left = [...replies];
  let asked = 0;
  const ask = (question: string) => {
    assert.ok(++asked < 100, `the same is asked for ever: ${question}`);
    shown.push(question);
    const index = left.findIndex(([part]) => part.test(question));
    const [, answer] = left.splice(index < 0 ? left.length : index, 1)[0] ?? [question, ""];
    return answer === LEAVES ? Promise.reject(new Interrupted()) : Promise.resolve(answer.trim());
  };
  return {
    say: (line) => void shown.push(line),
    ask,
    askSecret(question) {
      secret.push(question);
      return ask(question);
    },
  };
}
