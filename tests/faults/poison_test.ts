/** Section C of the fault catalogue: one request that fails everywhere, F051. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { CLOSED_PORT, type Script } from "../peer.ts";
import { chain } from "../chain.ts";
import { startProxy } from "../proxy.ts";
import { type Answer, answer, ask, GOOD, isAnswer, jsonAnswer, startLine } from "./answers.ts";

const RESET: Script = ({ reset }) => reset();
const CLOSE: Script = ({ close }) => close();
const SILENT: Script = () => {};
const FIVE_HUNDRED = jsonAnswer(500, { error: { message: "The server had an error" } });
const PAGE_502 = answer(502, "<html>Bad Gateway</html>", ["Content-Type: text/html"]);
const REST = "timeouts: { first_byte_seconds: 0.1 }";

for (const status of [400, 413, 422]) {
  Deno.test(`F051: a request that is a ${status} everywhere leaves every backend in use`, async () => {
    const mistake = jsonAnswer(status, { error: { type: "invalid_request_error" } });
    await using line = await startLine({ one: mistake, two: mistake, three: mistake });
    for (let i = 0; i < 5; i++) isAnswer((await line.ask()).got, mistake);
    for (const name of ["one", "two", "three"]) assert.equal(line.cooling(name), 0);
    assert.equal(line.peer("one").requests.length, 5);
  });
}

/** Ways to fail at every backend that tell more of the request, or of our own network. */
const POISONS: Readonly<Record<string, readonly (Answer | Script)[]>> = {
  "resets every backend": [RESET, RESET, RESET],
  "makes every backend close": [CLOSE, CLOSE],
  "is a 500 everywhere": [FIVE_HUNDRED, FIVE_HUNDRED, FIVE_HUNDRED],
  "is a 500 here and a 502 there": [FIVE_HUNDRED, PAGE_502],
  "keeps every backend silent": [SILENT, SILENT],
  "fails in many ways": [RESET, FIVE_HUNDRED, SILENT],
};

for (const [what, behaviours] of Object.entries(POISONS)) {
  Deno.test(`F051: a request that ${what} leaves cooldowns of at most 10 s`, async () => {
    const named = behaviours.map((behaviour, index) => [`b${index}`, behaviour] as const);
    await using line = await startLine(Object.fromEntries(named), { rest: REST });
    const { attempts } = await line.ask();
    assert.equal(attempts.length, behaviours.length);
    for (const [name] of named) {
      const seconds = line.cooling(name);
      assert.ok(seconds > 0 && seconds <= 10, `${name} cools for ${seconds} s`);
    }
    line.proxy.pass(10);
    for (const [name] of named) assert.equal(line.cooling(name), 0);
  });
}

Deno.test("F051: our own network gone leaves cooldowns of at most 10 s", async () => {
  const dead = { url: `http://127.0.0.1:${CLOSED_PORT}` };
  await using secondary = await startProxy(chain({ one: dead, two: dead }));
  assert.equal((await ask(secondary)).got.status, 502);
  secondary.pass(10);
  const { attempts } = await ask(secondary);
  assert.deepEqual(attempts.map((words) => words.split(" ").slice(0, 3).join(" ")), [
    "one: row 4",
    "two: row 4",
  ]);
});

Deno.test("F051: cooldowns that are shorter anyway stay as they are", async () => {
  const rest = "fallback: { cooldown_seconds: 4 }";
  await using line = await startLine({ one: RESET, two: FIVE_HUNDRED }, { rest });
  await line.ask();
  assert.deepEqual([line.cooling("one"), line.cooling("two")], [4, 4]);
});

/** Failures after which somebody is at fault: those cooldowns are what they always are. */
const CULPRITS: Readonly<
  Record<string, readonly [readonly (Answer | Script)[], readonly number[]]>
> = {
  "another backend answers": [[RESET, FIVE_HUNDRED, GOOD], [300, 300, 0]],
  "one of them asked for a time": [
    [FIVE_HUNDRED, jsonAnswer(503, "{}", "Retry-After: 60")],
    [300, 60],
  ],
  "one of them was a 429": [[FIVE_HUNDRED, jsonAnswer(429, "{}")], [300, 300]],
  "there was one attempt only": [[FIVE_HUNDRED], [300]],
};

for (const [what, [behaviours, seconds]] of Object.entries(CULPRITS)) {
  Deno.test(`F051: cooldowns are as long as ever where ${what}`, async () => {
    const named = behaviours.map((behaviour, index) => [`b${index}`, behaviour] as const);
    await using line = await startLine(Object.fromEntries(named), { rest: REST });
    await line.ask();
    assert.deepEqual(named.map(([name]) => line.cooling(name)), seconds);
  });
}

Deno.test("F051: a backend that cooled before stays as it was when the others fail at once", async () => {
  const limited = jsonAnswer(429, "{}", "Retry-After: 900");
  await using line = await startLine({
    one: limited,
    two: ({ index, write }) => write((index === 0 ? GOOD : FIVE_HUNDRED).bytes),
    three: FIVE_HUNDRED,
  });
  isAnswer((await line.ask()).got, GOOD);
  await line.ask();
  assert.equal(line.cooling("one"), 900);
  for (const name of ["two", "three"]) assert.ok(line.cooling(name) <= 10, name);
});

interface Fate {
  readonly behaviour: Answer | Script;
  /** Whether the caller gets it and nobody else is asked: a mistake only of a first attempt. */
  readonly ends: boolean | "first";
  /** Whether it may be the request's fault, should every other attempt be of that kind. */
  readonly suspect: boolean;
  /** The cooldown by itself. */
  readonly seconds: number;
}

const FATES: Readonly<Record<string, Fate>> = {
  good: { behaviour: GOOD, ends: true, suspect: false, seconds: 0 },
  mistake: { behaviour: jsonAnswer(400, "{}"), ends: "first", suspect: false, seconds: 0 },
  reset: { behaviour: RESET, ends: false, suspect: true, seconds: 300 },
  failing: { behaviour: FIVE_HUNDRED, ends: false, suspect: true, seconds: 300 },
  hinting: {
    behaviour: jsonAnswer(503, "{}", "Retry-After: 60"),
    ends: false,
    suspect: false,
    seconds: 60,
  },
  limited: { behaviour: jsonAnswer(429, "{}"), ends: false, suspect: false, seconds: 300 },
};

/** What each backend's cooldown must be: the first fate that ends the request ends the attempts. */
function expectedSeconds(fates: readonly Fate[]): readonly number[] {
  const end = fates.findIndex(({ ends }, index) =>
    ends === true || (ends === "first" && index === 0)
  );
  const tried = end < 0 ? fates : fates.slice(0, end + 1);
  const isPoison = tried.length > 1 && tried.every(({ suspect }) => suspect);
  return fates.map((fate) => {
    if (!tried.includes(fate)) return 0;
    return isPoison ? Math.min(10, fate.seconds) : fate.seconds;
  });
}

Deno.test("F051: whatever happens to a request, only what all of it failed by is cooled shortly", async () => {
  const fates = fc.array(fc.constantFrom(...Object.keys(FATES)), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fates, async (names) => {
      const drawn = names.map((name) => ({ ...FATES[name] ?? assert.fail(name) }));
      const named = drawn.map(({ behaviour }, index) => [`b${index}`, behaviour] as const);
      await using line = await startLine(Object.fromEntries(named));
      await line.ask();
      assert.deepEqual(named.map(([name]) => line.cooling(name)), expectedSeconds(drawn));
    }),
    { numRuns: 20 },
  );
});
