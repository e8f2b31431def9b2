import assert from "node:assert/strict";
import { conversation, noted } from "./asked.ts";
import { chat, claudeCode, codex, gemini } from "./conversations.ts";

/** That all are one conversation, and one that is known. */
function assertSame(...keys: readonly (string | undefined)[]): void {
  assert.notEqual(keys[0], undefined);
  for (const key of keys) assert.equal(key, keys[0]);
}

/** That each is a conversation of its own. */
function assertApart(...keys: readonly (string | undefined)[]): void {
  assert.ok(!keys.includes(undefined));
  assert.equal(new Set(keys).size, keys.length);
}

Deno.test("conversationOf() knows the session headers of agents from the first turn on", () => {
  const names = [
    ...["x-claude-code-session-id", "session_id", "session-id", "conversation_id"],
    ...["x-session-affinity", "x-session-id", "x-opencode-session", "X-Amp-Thread-Id"],
  ];
  for (const name of names) {
    assertSame(conversation(chat(1), [[name, "s1"]]), conversation(chat(4), [[name, "s1"]]));
    assertApart(conversation(chat(1), [[name, "s1"]]), conversation(chat(1), [[name, "s2"]]));
  }
  assert.equal(conversation(chat(1), [["x-client-request-id", "s1"]]), undefined);
});

Deno.test("conversationOf() reads no session from an empty header or one of a kilobyte", () => {
  for (const value of ["", " ", "s".repeat(1025)]) {
    assert.equal(conversation(chat(1), [["session_id", value]]), undefined);
  }
});

Deno.test("conversationOf() lets the strongest key decide", () => {
  const session = [["x-claude-code-session-id", "s1"]] as const;
  const metadata = { user_id: "u1" };
  const [previous, chosen] = [{ conversation: "conv_1" }, { prompt_cache_key: "k1" }];
  const weakest = { ...chat(3), metadata };
  const keys = [
    conversation({ ...weakest, ...previous, ...chosen }, session),
    conversation({ ...weakest, ...previous, ...chosen }),
    conversation({ ...weakest, ...previous }),
    conversation(weakest),
    conversation(chat(3)),
  ];
  assertApart(...keys);
  assertSame(keys[0], conversation(chat(1), session));
  assertSame(keys[1], conversation(chosen));
  assertSame(keys[2], conversation(previous), conversation({ conversation: { id: "conv_1" } }));
  assertSame(keys[3], conversation({ metadata }));
});

Deno.test("conversationOf() knows Codex by its cache key", () => {
  const [one, other] = ["0199-a", "0199-b"].map((key) => ({ prompt_cache_key: key }));
  assertSame(conversation(codex(1, one)), conversation(codex(2, one)), conversation(codex(5, one)));
  assertApart(conversation(codex(2, one)), conversation(codex(2, other)));
});

Deno.test("conversationOf() knows Claude Code without its header by metadata.user_id", () => {
  const metadata = { user_id: "user_abc_account__session_0199" };
  assertSame(
    conversation(claudeCode(1, { metadata })),
    conversation(claudeCode(4, { metadata })),
  );
});

Deno.test("conversationOf() passes over keys that are no text", () => {
  const odd = { prompt_cache_key: 7, conversation: null, metadata: { user_id: null } };
  assert.equal(conversation({ ...chat(1), ...odd }), undefined);
  assertSame(conversation({ ...chat(2), ...odd }), conversation(chat(2)));
});

for (const [client, ask] of Object.entries({ claudeCode, codex, chat, gemini })) {
  Deno.test(`conversationOf() knows a conversation by its first messages: ${client}`, () => {
    assert.equal(conversation(ask(1)), undefined);
    assertSame(conversation(ask(2)), conversation(ask(3)), conversation(ask(9)));
  });

  Deno.test(`cases 15: the first turn is noted as what the second one asks for: ${client}`, () => {
    assertSame(noted(ask(1)), conversation(ask(2)));
  });
}

Deno.test("cases 15: a first turn that is a mere text is what a list repeats of it", () => {
  const item = { role: "user", content: [{ type: "input_text", text: "Hi." }] };
  const answer = { type: "message", role: "assistant", content: [] };
  assert.equal(conversation({ input: "Hi." }), undefined);
  const second = [item, answer, { role: "user", content: "Bye." }];
  assertSame(noted({ input: "Hi." }), noted({ input: [item] }), conversation({ input: second }));
  assertApart(noted({ input: "Hi." }), noted({ input: "Ho." }));
});

Deno.test("cases 15: a prefilled answer is part of no opening", () => {
  const asked = [{ role: "user", content: "As JSON." }];
  const prefilled = [...asked, { role: "assistant", content: "{" }];
  const second = [...asked, { role: "assistant", content: '{"a":1}' }, { role: "user" }];
  assertSame(noted({ messages: asked }), noted({ messages: prefilled }));
  assertSame(noted({ messages: asked }), conversation({ messages: second }));
});

Deno.test("cases 15: what goes on from a stored answer opens nothing", () => {
  const input = [{ role: "user", content: "Go on." }];
  for (const turns of [input, "Go on."]) {
    assert.equal(noted({ input: turns, previous_response_id: "resp_1" }), undefined);
    assert.notEqual(noted({ input: turns, previous_response_id: null }), undefined);
  }
});

Deno.test("conversationOf() tells apart what was asked first, and under which instructions", () => {
  assertApart(
    conversation(chat(2)),
    conversation(chat(2, { first: "Weather in Rome?" })),
    conversation(chat(2, { system: "Be polite." })),
  );
  assertApart(conversation(gemini(2)), conversation(gemini(2, { first: "Weather in Rome?" })));
  assertApart(conversation(claudeCode(2)), conversation(claudeCode(2, { first: "Break it." })));
  assertApart(conversation(codex(2)), conversation(codex(2, { instructions: "Be Codex." })));
});

Deno.test("conversationOf() takes a text for the same as a string or as a list with a marker", () => {
  const answer = [{ role: "assistant", content: "Hello." }, { role: "user", content: "Bye." }];
  const marked = [{ type: "text", text: "Hi.", cache_control: { type: "ephemeral" } }];
  const [plain, listed] = ["Hi.", marked].map((content) => [{ role: "user", content }, ...answer]);
  assertSame(conversation({ messages: plain }), conversation({ messages: listed }));
});

Deno.test("conversationOf() ignores a cache marker on a picture, but not the picture", () => {
  const asked = (data: string, marker: object) => {
    const picture = { type: "image", source: { type: "base64", data }, ...marker };
    const answer = [{ role: "assistant", content: "A cat." }, { role: "user", content: "Sure?" }];
    return conversation({ messages: [{ role: "user", content: [picture] }, ...answer] });
  };
  assertSame(asked("AAAA", {}), asked("AAAA", { cache_control: { type: "ephemeral" } }));
  assertApart(asked("AAAA", {}), asked("BBBB", {}));
});

Deno.test("conversationOf() takes a prefilled answer for no earlier turn", () => {
  const messages = [{ role: "user", content: "As JSON." }, { role: "assistant", content: "{" }];
  assert.equal(conversation({ messages }), undefined);
  const followed = [...messages, { role: "user", content: "Go on." }];
  assert.notEqual(conversation({ messages: followed }), undefined);
});

Deno.test("conversationOf() needs a question of the user's, and turns in a list", () => {
  const answers = [{ role: "assistant", content: "Hi." }, { role: "assistant", content: "Ho." }];
  for (const messages of [answers, [], "Hi.", null, { role: "user" }]) {
    assert.equal(conversation({ messages }), undefined);
  }
  assert.equal(conversation({ input: "Hi.", previous_response_id: "resp_1" }), undefined);
});

Deno.test("conversationOf() looks for the model among the first thousand turns", () => {
  const asked = (turns: number) => Array.from({ length: turns }, () => ({ role: "user" }));
  const rest = [{ role: "assistant" }, { role: "user" }];
  assert.notEqual(conversation({ messages: [...asked(998), ...rest] }), undefined);
  assert.equal(conversation({ messages: [...asked(999), ...rest] }), undefined);
});

Deno.test("conversationOf() knows no conversation whose first question cannot be read", () => {
  const body = '{"messages":[{"role":"user","content":"\\x"},{"role":"assistant"},{}]}';
  assert.equal(conversation(body), undefined);
});
