/** Models' names that callers make up: what is kept of them, and where, has an end. */
import assert from "node:assert/strict";
import { AS_SET } from "../../lib/policy/cooldown_length.ts";
import { callRaw } from "../caller.ts";
import { reply, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { shownOf } from "../../lib/admin/cooldown_view.ts";
import { routeSubject } from "../../lib/state/subjects.ts";

/** One request by that name to a default backend that fails. */
async function afterOneOf(model: string) {
  await using backend = await startReplier(reply(503, `{"error":{"message":"busy"}}`));
  await using proxy = await startProxy(
    `
backends: [{ name: own, url: "${backend.url}" }]
models: { chat: [{ backend: own, model: chat }] }
default_backend: own
logging: { level: debug }
`,
    { ledger: false },
  );
  const answer = await callRaw(proxy.url, { body: JSON.stringify({ model }) });
  await proxy.state.journal.flush();
  const kept = proxy.state.health.cooldowns().map(({ subject }) => subject.length);
  return { answer, lines: [...proxy.lines], kept };
}

for (
  const model of ["x".repeat(100_000), "x".repeat(513), "é".repeat(257), "\u0000".repeat(4_000)]
) {
  const what = `${JSON.stringify(model.slice(0, 1))} ${model.length} times`;
  Deno.test(`a model's name that no alias has is refused over 512 bytes: ${what}`, async () => {
    const { answer, lines, kept } = await afterOneOf(model);
    assert.equal(answer.status, 400);
    assert.deepEqual(kept, []);
    assert.ok(lines.join("\n").length < 10_000);
  });
}

Deno.test("a model's name of 512 bytes goes to the default backend, and is cut in the general log", async () => {
  const { lines, kept } = await afterOneOf("x".repeat(512));
  assert.equal(kept.length, 1);
  assert.ok(lines.length > 0);
  assert.ok(!lines.join("\n").includes("x".repeat(201)));
});

Deno.test("the admin port shows all cooldowns of routes, and the newest 200 of names that callers made up", () => {
  const cooledOf = (model: string, isInvented: boolean) => {
    const subject = routeSubject({ backend: { name: "own" }, model, isInvented });
    const cooldown = {
      startedAtMs: 0,
      untilMs: 1,
      lengthMs: 1,
      doublings: 0,
      row: 9,
      reason: "busy",
      triedAtMs: 0,
      why: AS_SET,
      isLasting: false,
    };
    return { subject, cooldown };
  };
  const routes = Array.from({ length: 300 }, (_, index) => cooledOf(`route-${index}`, false));
  const made = Array.from({ length: 1_000 }, (_, index) => cooledOf(`made-${index}`, true));
  const { cooled, left } = shownOf([...routes, ...made]);
  assert.equal(left, 800);
  assert.deepEqual(cooled, [...routes, ...made.slice(800)]);
});
