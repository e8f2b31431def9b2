import assert from "node:assert/strict";
import fc from "fast-check";
import { CallersKeySet } from "../../lib/wire/caller_key.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";

const KEY = "proxy-key-+/1";

function headersAfter(headers: RawHeaders, keys = [KEY]): RawHeaders {
  return new CallersKeySet(keys).leftOut({ headers, target: "/x" }).headers;
}

function targetAfter(target: string, keys = [KEY]): string {
  return new CallersKeySet(keys).leftOut({ headers: [], target }).target;
}

Deno.test("leftOut() takes the key out of every place, however often it stands there", () => {
  const theirs: RawHeaders = [
    ["Authorization", `Bearer ${KEY}`],
    ["authorization", `bearer ${KEY}`],
    ["X-API-Key", KEY],
    ["x-goog-api-key", ` ${KEY}`],
    ["Api-Key", KEY],
  ];
  assert.deepEqual(headersAfter([...theirs, ["x-kept", "1"]]), [["x-kept", "1"]]);
});

Deno.test("leftOut() leaves every other credential as it came, in its order", () => {
  const others: RawHeaders = [
    ["Authorization", "Bearer sk-ant-oat01-mine"],
    ["cookie", "a=1; b=2"],
    ["x-api-key", "another-key"],
    ["api-key", KEY.slice(0, -1)],
  ];
  assert.deepEqual(headersAfter([others[0]!, ["x-api-key", KEY], ...others.slice(1)]), others);
});

Deno.test("leftOut() takes out whatever header holds the key", () => {
  const holders: RawHeaders = [
    ["authorization", KEY],
    ["authorization", `Basic ${btoa(`user:${KEY}`)}`],
    ["cookie", `a=1; key=${KEY}`],
    ["proxy-authorization", `Bearer ${KEY}`],
    ["x-litellm-api-key", `Bearer ${KEY}`],
    ["referer", `https://app/?key=${encodeURIComponent(KEY)}`],
  ];
  assert.deepEqual(headersAfter([...holders, ["x-kept", "1"]]), [["x-kept", "1"]]);
});

Deno.test("leftOut() takes out the key in a header's name, in any case", () => {
  const key = "proxy-key-of-1";
  const holders: RawHeaders = [[`X-${key}`, "a"], [key.toUpperCase(), "a"], ["x-kept", "1"]];
  assert.deepEqual(headersAfter(holders, [key]), [["x-kept", "1"]]);
});

Deno.test("leftOut() takes out the key in Base64 of any text, and encoded more than once", () => {
  const texts = ["", "u", "us", "user", '{"k":"'].flatMap((before) => [
    `${before}${KEY}`,
    `${before}${KEY}:x`,
  ]);
  const twice = encodeURIComponent(encodeURIComponent(KEY));
  const values = [
    ...texts.flatMap((text) => {
      const base64 = btoa(text);
      const forUrls = base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
      return [base64, forUrls, `x.${base64}.y`, `Basic ${base64}`, encodeURIComponent(base64)];
    }),
    twice,
    encodeURIComponent(twice),
  ];
  for (const value of values) {
    assert.deepEqual(headersAfter([["x-a", value]]), [], value);
    assert.equal(targetAfter(`/m?a=${value}&b=1`), "/m?b=1", value);
  }
  const other = btoa("some-other-text-of-1");
  assert.deepEqual(headersAfter([["x-a", other]]), [["x-a", other]]);
});

Deno.test("leftOut() takes the key alone out of a list of subprotocols", () => {
  const name = "Sec-WebSocket-Protocol";
  assert.deepEqual(headersAfter([[name, `realtime, openai-insecure-api-key.${KEY}, beta`]]), [
    [name, "realtime, beta"],
  ]);
  assert.deepEqual(headersAfter([[name, `openai-insecure-api-key.${KEY}`]]), []);
});

Deno.test("leftOut() takes the key out of the query, in every percent-encoding", () => {
  const everyCharacter = [...KEY].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");
  const cases = [
    [`/m?key=${KEY}`, "/m"],
    [`/m?key=${encodeURIComponent(KEY)}&alt=sse`, "/m?alt=sse"],
    [`/m?alt=sse&%6b%65%79=${everyCharacter}`, "/m?alt=sse"],
    [`/m?a=1&key=${KEY}&key=${KEY}&b=%zz`, "/m?a=1&b=%zz"],
    [`/m?api_key=${KEY}&token=Bearer%20${everyCharacter.toUpperCase()}&b=1`, "/m?b=1"],
  ] as const;
  for (const [target, expected] of cases) assert.equal(targetAfter(target), expected, target);
});

Deno.test("leftOut() keeps the rest of the query byte for byte", () => {
  const kept = ["/m", "/m?", "/m?&&", "/m?key=other&a=%2F+&&b", "/m?key", "/m?k=v#key", "/key=1?a"];
  for (const target of kept) assert.equal(targetAfter(target), target);
});

Deno.test("leftOut() takes a short key out of its places only: it may be a word", () => {
  const headers: RawHeaders = [["x-app", "cli"], ["x-api-key", "cli"], ["user-agent", "cli/1"], [
    "X_Api_Key",
    "Token cli",
  ]];
  assert.deepEqual(headersAfter(headers, ["cli"]), [["x-app", "cli"], ["user-agent", "cli/1"]]);
  assert.equal(targetAfter("/m?app=cli&key=cli", ["cli"]), "/m?app=cli");
});

Deno.test("leftOut() takes out every one of several keys", () => {
  const headers: RawHeaders = [["x-api-key", "key-number-1"], ["api-key", "key-number-2"]];
  assert.deepEqual(headersAfter(headers, ["key-number-1", "key-number-2"]), []);
});

Deno.test("leftOut() leaves no key, wherever it stood, and nothing else changed", () => {
  const name = fc.constantFrom("authorization", "x-api-key", "x-goog-api-key", "api-key", "x-a");
  const value = fc.constantFrom(KEY, `Bearer ${KEY}`, "other", `Bearer other`, `x ${KEY} y`, "");
  const header = fc.tuple(name, value);
  fc.assert(fc.property(fc.array(header, { maxLength: 8 }), (headers) => {
    const kept = headersAfter(headers);
    assert.deepEqual(kept, headers.filter(([, value]) => !value.includes(KEY)));
  }));
});
