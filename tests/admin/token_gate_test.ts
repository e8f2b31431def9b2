import assert from "node:assert/strict";
import { bearerOf, TokenGate } from "../../lib/admin/token_gate.ts";

const TOKEN = "correct-horse-battery-staple";

/** A gate that waits for nobody, and what it would have waited. */
function makeGate() {
  const waits: number[] = [];
  let nowMs = 0;
  const gate = new TokenGate({
    monotonicMs: () => nowMs,
    wait: (ms) => Promise.resolve(void waits.push(ms)),
    port: 8081,
  });
  return { gate, waits, pass: (ms: number) => void (nowMs += ms) };
}

const guess = (gate: TokenGate, text: string, peer = "a") => {
  return gate.isToken(text, { token: TOKEN, peer });
};

function cookieOf(setCookie: string): string {
  return setCookie.split(";")[0] ?? "";
}

Deno.test("TokenGate.isToken() takes the token and nothing like it, without a wait", async () => {
  const { gate, waits } = makeGate();
  assert.equal(await guess(gate, TOKEN), true);
  assert.deepEqual(waits, []);
  for (const wrong of ["", "correct", `${TOKEN} `, TOKEN.toUpperCase()]) {
    assert.equal(await guess(gate, wrong), false);
  }
});

Deno.test("TokenGate.isToken() answers wrong ones later and later, up to 30 s", async () => {
  const { gate, waits } = makeGate();
  for (let each = 0; each < 10; each++) await guess(gate, "wrong");
  assert.deepEqual(waits.slice(0, 4), [200, 400, 800, 1600]);
  assert.equal(waits.at(-1), 30_000);
});

Deno.test("TokenGate.isToken() makes the right one wait too after wrong ones, once", async () => {
  const { gate, waits } = makeGate();
  await guess(gate, "wrong");
  assert.equal(await guess(gate, TOKEN), true);
  assert.equal(await guess(gate, TOKEN), true);
  assert.deepEqual(waits, [200, 200]);
});

Deno.test("TokenGate.isToken() lets nobody wait for another's guesses", async () => {
  const { gate, waits } = makeGate();
  await guess(gate, "wrong", "a");
  assert.equal(await guess(gate, TOKEN, "b"), true);
  assert.deepEqual(waits, [200]);
});

Deno.test("TokenGate.isToken() answers a peer's guesses one after another, however they come", async () => {
  const { gate, waits } = makeGate();
  const all = Array.from({ length: 30 }, (_, index) => guess(gate, index === 29 ? TOKEN : "wrong"));
  const answers = await Promise.all(all);
  assert.equal(answers.includes(true), false);
  assert.equal(waits.length, 10);
});

Deno.test("TokenGate.open() gives a cookie that no script and no other site can send", () => {
  const { gate } = makeGate();
  const cookie = gate.open(TOKEN);
  assert.match(
    cookie,
    /^llm-proxy-8081=[\da-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/,
  );
  assert.equal(gate.hasSession([["Cookie", `a=b; ${cookieOf(cookie)}; c=d`]], TOKEN), true);
  assert.equal(gate.hasSession([["Cookie", "llm-proxy-8081=0"]], TOKEN), false);
  assert.equal(gate.hasSession([], TOKEN), false);
});

Deno.test("TokenGate.hasSession() ends with another token, and after a week unseen", () => {
  const { gate, pass } = makeGate();
  const headers = [["cookie", cookieOf(gate.open(TOKEN))]] as const;
  assert.equal(gate.hasSession(headers, "another"), false);
  pass(6 * 24 * 3_600_000);
  assert.equal(gate.hasSession(headers, TOKEN), true);
  pass(7 * 24 * 3_600_000 + 1);
  assert.equal(gate.hasSession(headers, TOKEN), false);
});

Deno.test("bearerOf() reads the token of a program", () => {
  assert.equal(bearerOf([["Authorization", "Bearer abc"]]), "abc");
  assert.equal(bearerOf([["authorization", "bearer  abc"]]), "abc");
  assert.equal(bearerOf([["authorization", "Basic abc"]]), "");
  assert.equal(bearerOf([]), "");
});
