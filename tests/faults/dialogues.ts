/** Callers in a conversation, who send back what the backends issue, each in its vendor's way. */
import assert from "node:assert/strict";
import { type RawReply, type RawRequest, textOf } from "../caller.ts";

export interface Dialogue {
  readonly name: string;
  /** What was issued in it last; undefined in a first turn. */
  readonly held: string | undefined;
  /** The request of the next turn, with what was issued. */
  next(): RawRequest;
  /** Takes note of an answer. */
  heard(got: RawReply): void;
  /** From here on the history goes without what was issued so far. */
  forget(): void;
}

/** What each answer issued; undefined where it was forgotten. */
type Answers = readonly (string | undefined)[];

/** How a vendor's callers write a history. */
interface Manner {
  readonly name: string;
  readonly target: string;
  /** What an answer issues. */
  readonly issued: RegExp;
  /** The members of a body that says something after these answers. */
  readonly write: (answers: Answers, said: string) => object;
}

const MANNERS: readonly Manner[] = [
  {
    name: "a response by its id",
    target: "/v1/responses",
    issued: /"id":"(resp_[^"]+)"/g,
    write: (answers, said) => {
      const last = answers.at(-1);
      const user = { role: "user", content: said };
      const assistant = { role: "assistant", content: said };
      const history = [...answers.flatMap(() => [user, assistant]), user];
      return last === undefined ? { input: history } : { input: said, previous_response_id: last };
    },
  },
  {
    name: "signed thoughts",
    target: "/v1/messages",
    issued: /"signature":"([^"]+)"/g,
    write: (answers, said) => {
      const turns = answers.flatMap((signature) => {
        const thought = { type: "thinking", thinking: "Hm.", signature };
        const text = { type: "text", text: said };
        const content = signature === undefined ? [text] : [thought, text];
        return [{ role: "user", content: said }, { role: "assistant", content }];
      });
      return { max_tokens: 9, messages: [...turns, { role: "user", content: said }] };
    },
  },
  {
    name: "sealed reasoning",
    target: "/v1/responses",
    issued: /"encrypted_content":"([^"]+)"/g,
    write: (answers, said) => {
      const turns = answers.flatMap((encrypted_content) => {
        const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content };
        const content = [{ type: "output_text", text: said }];
        const answer = { type: "message", role: "assistant", content };
        const user = { role: "user", content: said };
        return encrypted_content === undefined ? [user, answer] : [user, reasoning, answer];
      });
      const input = [...turns, { role: "user", content: said }];
      return { store: false, include: ["reasoning.encrypted_content"], input };
    },
  },
];

/**
 * A third of them of each kind, half of each streamed. Every second one begins with the same words, so
 * that only what is issued tells it from others.
 */
export function dialogueOf(index: number): Dialogue {
  const { name, target, issued, write } = MANNERS[index % MANNERS.length]!;
  const stream = Math.floor(index / MANNERS.length) % 2 === 1;
  const said = index % 2 === 0 ? "Servus" : `Servus, ${index}`;
  let answers: Answers = [];
  return {
    name: `${index}: ${name}${stream ? ", streamed" : ""}`,
    get held() {
      return answers.at(-1);
    },
    next: () => ({
      target,
      body: JSON.stringify({ model: "chat", stream, ...write(answers, said) }),
    }),
    heard(got) {
      const [, id] = [...textOf(got).matchAll(issued)].at(-1) ?? [];
      answers = [...answers, id ?? assert.fail(`${name}: nothing was issued`)];
    },
    forget: () => answers = answers.map(() => undefined),
  };
}
