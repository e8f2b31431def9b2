/** No credential is found where it should not be, whatever backends quote and however calls fail. */
import assert from "node:assert/strict";
import { callRaw, connectTo, requestBytes } from "../caller.ts";
import { chunk, reply, STREAM_HEAD } from "../peer.ts";
import { callerPlaces } from "./canaries.ts";
import { ECHOES } from "./echoes.ts";
import {
  assertMasked,
  assertMaskedOnConsole,
  assertUnknownTo,
  callWith,
  startStage,
} from "./stage.ts";

for (const auth of ["passthrough", "inject"] as const) {
  for (const [what, first] of Object.entries(ECHOES)) {
    Deno.test(`credentials that a backend quotes in ${what} are masked, auth: ${auth}`, async () => {
      await using stage = await startStage({ first, auth });
      const { proxy, keys } = stage;
      const presented = callerPlaces();
      const places = Object.values(presented);
      const theirs = places.map(({ value }) => value);
      // Twice: the second meets what cooled, or the pool's other key.
      for (let calls = 0; calls < 2; calls++) {
        await callRaw(proxy.url, callWith(places)).catch(() => {});
      }
      await assertMasked(stage, [...theirs, ...keys.first, ...keys.second]);
      assert.ok(stage.first.requests.length > 0);
      const ours = auth === "inject" ? [] : [...keys.first, ...keys.second];
      assertUnknownTo(stage, "first", [...ours, ...keys.second]);
      assertUnknownTo(stage, "second", [...ours, ...keys.first]);
      if (auth === "passthrough") return;
      const injected = Object.entries(presented).flatMap(([name, { value }]) =>
        UNSWAPPED.includes(name) ? [] : [value]
      );
      assertUnknownTo(stage, "first", injected);
      assertUnknownTo(stage, "second", injected);
    });
  }
}

for (const [what, echo] of Object.entries(ECHOES)) {
  Deno.test(`an answer of ours shows no key of a backend that quotes it in ${what}`, async () => {
    await using stage = await startStage({ first: echo, second: echo, auth: "inject" });
    const { proxy, keys } = stage;
    await callRaw(proxy.url, callWith([])).catch(() => {});
    await assertMasked(stage, [...keys.first, ...keys.second]);
  });
}

/** Places that an injected key does not yet clear. */
const UNSWAPPED: readonly string[] = ["subprotocol"];

for (const [name, place] of Object.entries(callerPlaces())) {
  for (const auth of ["passthrough", "inject"] as const) {
    Deno.test(`a credential presented alone (${name}) is masked, auth: ${auth}`, async () => {
      const first = ECHOES["a 429"] ?? assert.fail();
      await using stage = await startStage({ first, auth });
      const got = await callRaw(stage.proxy.url, callWith([place]));
      assert.equal(got.status, 200);
      await assertMasked(stage, [place.value]);
      if (auth === "inject" && !UNSWAPPED.includes(name)) {
        assertUnknownTo(stage, "first", [place.value]);
        assertUnknownTo(stage, "second", [place.value]);
      }
    });
  }
}

/** Where a key for the proxy itself may be presented. */
const CALLER_KEYS = ["bearer", "xApiKey", "google", "azure", "query"] as const;

for (const name of CALLER_KEYS) {
  for (const auth of ["passthrough", "inject"] as const) {
    Deno.test(`a caller's key for the proxy (${name}) reaches no backend and no log, auth: ${auth}`, async () => {
      const place = callerPlaces()[name] ?? assert.fail();
      const first = ECHOES["a 429"] ?? assert.fail();
      const rest = `clients: [{ name: laptop, key: "${place.value}" }]`;
      await using stage = await startStage({ first, auth, rest });
      const got = await callRaw(stage.proxy.url, {
        ...callWith([place]),
        body: `{"model":"chat"}`,
      });
      assert.equal(got.status, 200);
      await assertMasked(stage, [place.value]);
      assertUnknownTo(stage, "first", [place.value]);
      assertUnknownTo(stage, "second", [place.value]);
    });
  }

  Deno.test(`a key that is nobody's (${name}) is masked`, async () => {
    const presented = callerPlaces();
    const place = presented[name] ?? assert.fail();
    const first = ECHOES["a 200"] ?? assert.fail();
    const rest = `clients: [{ name: laptop, key: "${presented.cookie?.value}" }]`;
    await using stage = await startStage({ first, auth: "passthrough", rest });
    const got = await callRaw(stage.proxy.url, callWith([place]));
    assert.equal(got.status, 401);
    assertMaskedOnConsole(stage, [place.value]);
    assert.equal(stage.first.requests.length, 0);
  });
}

/** Requests that no backend sees, and what stands in them besides their credentials. */
const REFUSED: Readonly<Record<string, { target?: string; lines?: string[]; body?: string }>> = {
  "an unknown model": { body: `{"model":"unknown"}` },
  "a body that is no JSON": { body: `{"model":"chat",` },
  "a body over the limit": { body: `{"model":"chat","pad":"${"x".repeat(70_000)}"}` },
  "a foreign host": { lines: ["Host: evil.example"] },
  "a coding that nobody knows": { lines: ["Content-Encoding: unknown"] },
};

for (const [what, given] of Object.entries(REFUSED)) {
  Deno.test(`credentials of a request that is refused for ${what} are masked`, async () => {
    const rest = "limits: { max_body_mb: 0.06 }";
    const first = ECHOES["a 200"] ?? assert.fail();
    await using stage = await startStage({ first, auth: "passthrough", rest });
    const places = Object.values(callerPlaces());
    const call = callWith(places);
    const lines = [...call.lines ?? [], ...given.lines ?? []];
    const got = await callRaw(stage.proxy.url, { ...call, ...given, lines });
    assert.ok(got.status >= 400 && got.status < 500);
    await assertMasked(stage, places.map(({ value }) => value));
    assert.equal(stage.first.requests.length, 0);
  });
}

/** Paths with a credential that is presented too. */
const PATHS: Readonly<Record<string, (value: string) => string>> = {
  "as it is": (value) => `/v1/${value}/x?u=${encodeURIComponent(value)}`,
  "percent-encoded in part": (value) => `/v1/${value.replace("Q", "%51").replace("Z", "%5a")}/x`,
  "behind so much that it is cut": (value) => `/v1/${"p".repeat(178)}/${value}/x`,
};

for (const [how, pathWith] of Object.entries(PATHS)) {
  for (const [name, place] of Object.entries(callerPlaces())) {
    if (place.parameter !== undefined) continue;
    Deno.test(`a credential (${name}) in the path ${how} is masked`, async () => {
      const first = ECHOES["a 404"] ?? assert.fail();
      await using stage = await startStage({ first, auth: "passthrough" });
      await callRaw(stage.proxy.url, { ...callWith([place]), target: pathWith(place.value) });
      await assertMasked(stage, [place.value]);
    });
  }
}

Deno.test("credentials of a stream that the end of the proxy cuts are masked", async () => {
  await using stage = await startStage({
    first: ({ write, request: { head } }) =>
      write(
        STREAM_HEAD + chunk(
          `data: ${JSON.stringify({ choices: [{ delta: { content: head } }] })}\n\n`,
        ),
      ),
    auth: "passthrough",
  });
  const places = Object.values(callerPlaces());
  await using caller = await connectTo(stage.proxy.url);
  await caller.send(requestBytes(callWith(places)));
  await caller.until("choices");
  await assertMasked(stage, places.map(({ value }) => value));
});

Deno.test("a backend that a request moves on to gets nothing of the first one's key", async () => {
  await using stage = await startStage({
    first: ({ write }) => write(reply(500, "{}")),
    auth: "inject",
  });
  await callRaw(stage.proxy.url, callWith([]));
  const got = stage.proxy.ledger?.receivedBy().get(stage.second.url)?.toString() ?? "";
  assert.ok(stage.keys.second.some((key) => got.includes(key)));
  assertUnknownTo(stage, "second", stage.keys.first);
});
