/** Error replies of a chain: what goes on, what cools, and which is the last answer. Cases 3, 6 and 7. */
import assert from "node:assert/strict";
import { callRaw, type RawRequest } from "../caller.ts";
import { reply, startPeer, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { type Answer, answer, CHAT, GOOD, isAnswer, jsonAnswer, startLine } from "./answers.ts";

const LIMITED = jsonAnswer(429, `{"error":{"message":"Slow down","code":429}}`, "Retry-After: 5");
const NO_MODEL = jsonAnswer(404, `{"error":{"message":"The model b-model does not exist"}}`);
const SIGNATURE = jsonAnswer(
  400,
  `{"type":"error","error":{"type":"invalid_request_error",` +
    `"message":"messages.1.content.0: Invalid \`signature\` in \`thinking\` block"}}`,
);
const BALANCE = "Your credit balance is too low to access the Anthropic API. Please go to Plans.";
const POOR = jsonAnswer(
  400,
  `{"type":"error","error":{"type":"invalid_request_error","message":"${BALANCE}"}}`,
);
const BAD_KEY = jsonAnswer(
  400,
  `{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.",` +
    `"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}`,
);
const CHALLENGE = answer(403, "<!DOCTYPE html><title>Just a moment...</title>", [
  "Content-Type: text/html; charset=UTF-8",
]);
const TOO_LONG = jsonAnswer(400, `{"error":{"code":"context_length_exceeded","message":"m"}}`);

/** What a second backend may answer after the first has failed. */
const NO_SUCCESS: Readonly<Record<string, Answer>> = {
  "a model that is not known": NO_MODEL,
  "a 400": jsonAnswer(400, `{"error":{"message":"Extra inputs are not permitted"}}`),
  "a 405": jsonAnswer(405, `{"detail":"Method Not Allowed"}`),
  "a redirect": answer(302, "", ["Location: https://elsewhere.example/"]),
  "an HTML 404": answer(404, "<html>404 Not Found</html>", ["Content-Type: text/html"]),
  "a refused signature": SIGNATURE,
};

for (const [what, second] of Object.entries(NO_SUCCESS)) {
  Deno.test(`cases 3: after a failed attempt ${what} goes on`, async () => {
    await using line = await startLine({ a: LIMITED, b: second, c: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.equal(attempts.length, 3);
    assert.equal(line.cooling("b"), second === NO_MODEL ? 300 : 0);
  });

  Deno.test(`cases 3: after a 429 and ${what} the caller gets the 429`, async () => {
    await using line = await startLine({ a: LIMITED, b: second });
    isAnswer((await line.ask()).got, LIMITED);
    assert.equal(line.cooling("a"), 5);
  });
}

Deno.test("cases 3: a model that our route wrote and is not known moves on at once", async () => {
  const missing = jsonAnswer(404, `{"error":{"message":"The model a-model does not exist"}}`);
  await using line = await startLine({ a: missing, b: GOOD });
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, ["a: row 22 cools the route for 300 s", "b: answered"]);
});

Deno.test("cases 3: a model that nobody names and is not known moves on and cools nothing", async () => {
  const missing = jsonAnswer(400, `{"error":{"message":"Model Not Exist"}}`);
  await using line = await startLine({ a: missing, b: GOOD });
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, ["a: row 22", "b: answered"]);
});

/** Requests that name a model elsewhere than in their own `model`. */
const NESTED: Readonly<Record<string, string>> = {
  "a tool's": `"tools":[{"type":"image_generation","model":"NAME"}]`,
  "a nested": `"extra_body":{"route":{"model":"NAME"}}`,
  "an escaped": `"extra_body":{"\\u006dodel":"ESCAPED"}`,
  "a key": `"models":{"NAME":{}}`,
};

function naming(member: string, name: string): RawRequest {
  const code = name.charCodeAt(0).toString(16).padStart(4, "0");
  const written = member.replace("NAME", name).replace("ESCAPED", `\\u${code}${name.slice(1)}`);
  return { ...CHAT, body: `{"model":"chat",${written}}` };
}

for (const [whose, member] of Object.entries(NESTED)) {
  Deno.test(`cases 3: ${whose} model that is not known cools nothing, and is the answer`, async () => {
    const missing = jsonAnswer(404, `{"error":{"message":"The model image-9 does not exist"}}`);
    await using line = await startLine({ a: missing, b: GOOD });
    const { got, attempts } = await line.ask(naming(member, "image-9"));
    isAnswer(got, missing);
    assert.deepEqual(attempts, ["a: row 14"]);
  });

  Deno.test(`cases 3: ${whose} model that is called as our route's cools nothing`, async () => {
    const missing = jsonAnswer(404, `{"error":{"message":"The model a-model does not exist"}}`);
    await using line = await startLine({ a: missing, b: GOOD });
    const { got, attempts } = await line.ask(naming(member, "a-model"));
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, ["a: row 22", "b: answered"]);
  });
}

Deno.test("cases 3: a name of the caller's at the default backend cools nothing, and is the answer", async () => {
  const missing = jsonAnswer(404, `{"error":{"message":"The model gpt-x does not exist"}}`);
  await using backend = await startReplier(missing.bytes);
  const backends = `backends: [{ name: only, url: "${backend.url}" }]`;
  await using proxy = await startProxy(
    `${backends}\ndefault_backend: only\nmodels: { chat: [{ backend: only, model: m, priority: 1 }] }\n`,
  );
  for (let count = 0; count < 2; count++) {
    isAnswer(await callRaw(proxy.url, { ...CHAT, body: `{"model":"gpt-x"}` }), missing);
  }
  assert.deepEqual(proxy.state.health.cooldowns(), []);
});

Deno.test("cases 6: a key that is refused with a 400 moves on to the pool's next", async () => {
  await using backend = await startPeer(({ index, write }) =>
    write(index === 0 ? BAD_KEY.bytes : GOOD.bytes)
  );
  await using proxy = await startProxy(`
backends: [{ name: pool, url: "${backend.url}", auth: inject, api_key: [sk-one-1234, sk-two-1234] }]
models: { chat: [{ backend: pool, model: m, priority: 1 }] }
`);
  isAnswer(await callRaw(proxy.url, CHAT), GOOD);
  assert.deepEqual(proxy.state.health.cooldowns().map(({ subject }) => subject), [
    `["key","pool","sk-one-1234"]`,
  ]);
});

Deno.test("cases 6: an account without money that says 400 cools the route long, under inject", async () => {
  await using line = await startLine({ a: POOR, b: GOOD }, { keys: { a: ["sk-one-1234"] } });
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, ["a: row 21 cools the route for 3600 s", "b: answered"]);
});

const withKey = (key: string): RawRequest => {
  return { ...CHAT, lines: ["Content-Type: application/json", `Authorization: Bearer ${key}`] };
};

/** Whoever comes with the poor key is told that the account is empty. */
const startTeller = () =>
  startPeer(({ request, write }) =>
    write(request.head.includes("sk-poor") ? POOR.bytes : GOOD.bytes)
  );

Deno.test("cases 6: under passthrough one poor key benches nobody else", async () => {
  await using a = await startTeller();
  await using b = await startReplier(GOOD.bytes);
  await using line = await startProxy(`
backends: [{ name: a, url: "${a.url}" }, { name: b, url: "${b.url}" }]
models:
  chat: [{ backend: a, model: a-model, priority: 1 }, { backend: b, model: b-model, priority: 2 }]
  more: [{ backend: a, model: a-more, priority: 1 }, { backend: b, model: b-more, priority: 2 }]
`);
  isAnswer(await callRaw(line.url, withKey("sk-poor-1234")), GOOD);
  assert.deepEqual([a.requests.length, b.requests.length], [1, 1]);
  isAnswer(await callRaw(line.url, withKey("sk-rich-1234")), GOOD);
  assert.deepEqual([a.requests.length, b.requests.length], [2, 1]);
  // The account is empty for all of the backend's models.
  isAnswer(await callRaw(line.url, { ...withKey("sk-poor-1234"), body: `{"model":"more"}` }), GOOD);
  assert.deepEqual([a.requests.length, b.requests.length], [2, 2]);
  const [only, ...others] = line.state.health.cooldowns();
  assert.deepEqual([others.length, only?.cooldown.lengthMs], [0, 3_600_000]);
  assert.ok(only !== undefined && !only.subject.includes("sk-poor"));
});

Deno.test("cases 6: a poor key says nothing of a route inside a 200 either", async () => {
  const inside = jsonAnswer(200, `{"error":{"code":"insufficient_quota","message":"Top up"}}`);
  await using line = await startLine({ a: inside, b: GOOD });
  const { got, attempts } = await line.ask(withKey("sk-poor-1234"));
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, ["a: row 21 cools the caller for 3600 s", "b: answered"]);
});

Deno.test("cases 6: the known prefixes of resellers are passed over", async () => {
  const message = `litellm.BadRequestError: AnthropicException - ${BALANCE}`;
  const poor = jsonAnswer(400, JSON.stringify({ error: { message, code: "400" } }));
  await using line = await startLine({ a: poor, b: GOOD });
  isAnswer((await line.ask()).got, GOOD);
  assert.equal(line.cooling("a"), 3600);
});

Deno.test("cases 6: an HTML challenge with a 403 cools no key", async () => {
  const keys = { a: ["sk-one-1234", "sk-two-1234"] };
  await using line = await startLine({ a: CHALLENGE, b: GOOD }, { keys });
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, ["a: row 23", "b: answered"]);
  await using alone = await startLine({ a: CHALLENGE }, { keys });
  isAnswer((await alone.ask()).got, CHALLENGE);
});

const IN_200 = jsonAnswer(200, `{"error":{"message":"bad gateway","code":502}}`);
const DOWN = jsonAnswer(503, `{"error":{"message":"down"}}`);
const FOREIGN_KEY = jsonAnswer(401, `{"error":{"message":"No such key"}}`);
const SOON = jsonAnswer(429, `{"error":{"message":"Slow down"}}`, "Retry-After: 1");
const LATE = jsonAnswer(429, `{"error":{"message":"Slow down"}}`, "Retry-After: 20");

/** Two backends, and which of their answers the caller gets in either order. */
const LAST: Readonly<Record<string, readonly [Answer, Answer]>> = {
  "a 503, not an error inside a 200": [DOWN, IN_200],
  "the 429 that is over first": [SOON, LATE],
  "a 429, not a 503": [LIMITED, DOWN],
};

for (const [what, [best, other]] of Object.entries(LAST)) {
  Deno.test(`cases 7: the last answer is ${what}, in either order`, async () => {
    for (const [a, b] of [[best, other], [other, best]] as const) {
      await using line = await startLine({ a, b });
      isAnswer((await line.ask()).got, best);
    }
  });
}

Deno.test("cases 7: what is too long comes before all, the caller's own key after all", async () => {
  await using line = await startLine({ a: LIMITED, b: TOO_LONG, c: FOREIGN_KEY });
  isAnswer((await line.ask()).got, TOO_LONG);
  await using other = await startLine({ a: IN_200, b: FOREIGN_KEY });
  isAnswer((await other.ask()).got, IN_200);
});

Deno.test("cases 3: what callers invent pushes out no cooldown", async () => {
  await using down = await startReplier(reply(503, "{}"));
  await using proxy = await startProxy(`
backends: [{ name: a, url: "${down.url}" }]
default_backend: a
models: { chat: [{ backend: a, model: m, priority: 1 }] }
`);
  await callRaw(proxy.url, CHAT);
  await callRaw(proxy.url, { ...CHAT, body: `{"model":"invented"}` });
  const subjects = proxy.state.health.cooldowns().map(({ subject }) => subject);
  assert.deepEqual(subjects, [`["route","a","m"]`, `["invented","a","invented"]`]);
});
