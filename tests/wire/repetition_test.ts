import assert from "node:assert/strict";
import { repetitionOf } from "../../lib/wire/repetition.ts";
import { repeatable } from "../departures.ts";

function requestIn(body: string, conversation: string | undefined = "c"): string {
  return repetitionOf(repeatable(body), { conversation }).request();
}

for (const list of ["messages", "input", "contents"]) {
  Deno.test(`repetitionOf() tells requests apart by the last of their ${list}`, () => {
    const of = (...said: readonly string[]) =>
      requestIn(`{"${list}":[${said.map((each) => `{"text":"${each}"}`).join(",")}]}`);
    assert.equal(of("a", "b"), of("another", "b"));
    assert.notEqual(of("a", "b"), of("a", "c"));
    assert.notEqual(of("a", "b"), of("a"));
  });
}

Deno.test("repetitionOf() takes a text for the message, and the whole body where there is none", () => {
  assert.notEqual(requestIn(`{"input":"a"}`), requestIn(`{"input":"b"}`));
  assert.equal(requestIn(`{"input":"a","n":1}`), requestIn(`{"input":"a","n":2}`));
  assert.notEqual(requestIn(`{"prompt":"a"}`), requestIn(`{"prompt":"b"}`));
  assert.notEqual(requestIn(`{"messages":[]}`), requestIn(`{"messages":[{}]}`));
  assert.equal(requestIn("no JSON"), requestIn("no JSON"));
});

Deno.test("repetitionOf() takes the body for the conversation where it has no key", () => {
  const of = (body: string, conversation?: string) =>
    repetitionOf(repeatable(body), { conversation }).conversation;
  assert.equal(of("{}", "c"), "c");
  assert.equal(of(`{"messages":["a"]}`), of(`{"messages":["a"]}`));
  assert.notEqual(of(`{"messages":["a"]}`), of(`{"messages":["a"],"n":2}`));
});

Deno.test("repetitionOf() takes a retry for one only by a count above 0", () => {
  const counts = ["0", "1", "7", "", "-1", "many"];
  const told = counts.map((count) =>
    repetitionOf(repeatable("{}", [["X-Stainless-Retry-Count", count]]), { conversation: "c" })
      .isRetry
  );
  assert.deepEqual(told, [false, true, true, false, false, false]);
  assert.equal(repetitionOf(repeatable("{}"), { conversation: "c" }).isRetry, false);
});

Deno.test("repetitionOf() looks at no more than the end of what is long", () => {
  const long = (first: string, last: string) =>
    `{"messages":[{"text":"${first}${"x".repeat(600_000)}"},{"text":"${last}"}]}`;
  assert.equal(requestIn(long("a", "b")), requestIn(long("another", "b")));
  assert.notEqual(requestIn(long("a", "b")), requestIn(long("a", "c")));
});
