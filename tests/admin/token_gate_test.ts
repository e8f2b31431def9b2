import assert from "node:assert/strict";
import { peerGroup } from "../../lib/admin/peer_group.ts";
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

/** All may come from one address, that of a proxy of TLS: whoever guesses must not keep the operator out. */
Deno.test("TokenGate.isToken() answers the right one at once, whatever wrong ones came before", async () => {
  const { gate, waits } = makeGate();
  for (let each = 0; each < 12; each++) await guess(gate, "wrong");
  waits.length = 0;
  assert.equal(await guess(gate, TOKEN), true);
  assert.deepEqual(waits, []);
});

Deno.test("TokenGate.isToken() answers the right one at once among 200 addresses' wrong ones", async () => {
  const { gate, waits } = makeGate();
  for (let each = 0; each < 200; each++) await guess(gate, "wrong", `10.0.0.${each}`);
  waits.length = 0;
  assert.equal(await guess(gate, TOKEN, "10.1.1.1"), true);
  assert.deepEqual(waits, []);
});

Deno.test("TokenGate.isToken() lets nobody wait for another's guesses", async () => {
  const { gate, waits } = makeGate();
  await guess(gate, "wrong", "a");
  assert.equal(await guess(gate, TOKEN, "b"), true);
  assert.deepEqual(waits, [200]);
});

/** A gate in which whoever waits does so until it is let go. */
function makeHoldingGate() {
  const waits: { readonly ms: number; readonly go: () => void }[] = [];
  const wait = (ms: number) => new Promise<void>((go) => waits.push({ ms, go }));
  const gate = new TokenGate({ monotonicMs: () => 0, wait, port: 8081 });
  return { gate, waits };
}

Deno.test("H15: the right token is let in while many wrong ones of its address wait", async () => {
  const { gate, waits } = makeHoldingGate();
  const wrong = Array.from({ length: 50 }, () => guess(gate, "wrong"));
  assert.equal(waits.length, 10);
  const right = guess(gate, TOKEN);
  waits.forEach(({ go }) => go());
  assert.equal(await right, true);
  assert.equal((await Promise.all(wrong)).includes(true), false);
});

Deno.test("H15: a bounded number of wrong tokens waits, wherever they come from", () => {
  const { gate, waits } = makeHoldingGate();
  for (let each = 0; each < 5_000; each++) guess(gate, "wrong", `10.0.${each >> 8}.${each & 255}`);
  assert.equal(waits.length, 200);
});

Deno.test("H15: guesses from many addresses are slowed, of those who knew the token by their own only", async () => {
  const { gate, waits, pass } = makeGate();
  assert.equal(await guess(gate, TOKEN, "10.1.1.1"), true);
  for (let each = 0; each < 200; each++) await guess(gate, "wrong", `10.0.0.${each}`);
  assert.equal(waits.at(-1), 5_000);
  await guess(gate, "wrong", "10.1.1.1");
  assert.equal(waits.at(-1), 200);
  await guess(gate, "wrong", "10.1.1.2");
  assert.equal(waits.at(-1), 5_000);
  pass(300_000);
  await guess(gate, "wrong", "10.0.1.1");
  assert.equal(waits.at(-1), 200);
});

Deno.test("H15: all addresses of an IPv6 network are one peer", async () => {
  const { gate, waits } = makeGate();
  await guess(gate, "wrong", "2001:db8:0:1::1");
  await guess(gate, "wrong", "2001:0DB8::1:ab:cd:ef:12");
  await guess(gate, "wrong", "2001:db8:0:1:ffff:ffff:ffff:ffff");
  await guess(gate, "wrong", "2001:db8:0:2::1");
  assert.deepEqual(waits, [200, 400, 800, 200]);
  assert.equal(peerGroup("::ffff:10.0.0.1"), "10.0.0.1");
  assert.equal(peerGroup("::1"), "0:0:0:0::/64");
  assert.equal(peerGroup("fe80::1%eth0"), "fe80:0:0:0::/64");
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
