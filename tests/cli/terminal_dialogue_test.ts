import assert from "node:assert/strict";
import { Interrupted } from "../../lib/cli/init/dialogue.ts";
import { TerminalDialogue } from "../../lib/cli/init/terminal_dialogue.ts";

/** A terminal at which these pieces are typed, one a read, and what it was told. */
function terminal(...typed: (string | Uint8Array)[]) {
  const told: string[] = [];
  const pieces = typed.map((piece) =>
    typeof piece === "string" ? new TextEncoder().encode(piece) : piece
  );
  const dialogue = new TerminalDialogue({
    read(buffer) {
      const piece = pieces.shift();
      if (piece === undefined) return Promise.resolve(null);
      buffer.set(piece);
      return Promise.resolve(piece.length);
    },
    write: (text) => void told.push(text),
    setRaw: (raw) => void told.push(raw ? "<raw>" : "<lines>"),
  });
  return { dialogue, told };
}

Deno.test("ask() gives a line, however it comes", async () => {
  const { dialogue, told } = terminal("on", "e\ntwo\r", "\n  three  \n", "four");
  assert.equal(await dialogue.ask("?"), "one");
  assert.equal(await dialogue.ask("?"), "two");
  assert.equal(await dialogue.ask("?"), "");
  assert.equal(await dialogue.ask("?"), "three");
  await assert.rejects(dialogue.ask("?"), Interrupted);
  assert.equal(told.join(""), "? ? ? ? ? ");
});

Deno.test("ask() takes characters whose bytes come apart", async () => {
  const bytes = new TextEncoder().encode("ключ 密\n");
  const { dialogue } = terminal(...[...bytes].map((byte) => new Uint8Array([byte])));
  assert.equal(await dialogue.ask("?"), "ключ 密");
});

Deno.test("askSecret() shows nothing of what is typed, and lets it be corrected", async () => {
  const { dialogue, told } = terminal("wrong\x15sk-", "abx\x7f", "c\x1b[D\x1b[200~d\x1b[201~\r");
  assert.equal(await dialogue.askSecret("Key:"), "sk-abcd");
  assert.deepEqual(told, ["<raw>", "Key: ", "<lines>", "\n"]);
});

Deno.test("askSecret() takes a pasted line, and leaves the next to the next question", async () => {
  const { dialogue } = terminal("sk-1\nyes\n");
  assert.equal(await dialogue.askSecret("Key:"), "sk-1");
  assert.equal(await dialogue.ask("?"), "yes");
});

for (
  const [name, typed] of [["Ctrl-C", "sk-\x03"], ["Ctrl-D", "\x04"], ["its end", "sk-"]] as const
) {
  Deno.test(`askSecret() gives up at ${name}, and the terminal is as it was`, async () => {
    const { dialogue, told } = terminal(typed);
    await assert.rejects(dialogue.askSecret("Key:"), Interrupted);
    assert.deepEqual(told, ["<raw>", "Key: ", "<lines>", "\n"]);
  });
}

Deno.test("a terminal that fails is one that has gone", async () => {
  const dialogue = new TerminalDialogue({
    read: () => Promise.reject(new Error("EIO")),
    write: () => {},
    setRaw: () => {},
  });
  await assert.rejects(dialogue.ask("?"), Interrupted);
});
