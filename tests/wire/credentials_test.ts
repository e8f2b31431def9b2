import assert from "node:assert/strict";
import { anthropic } from "../../lib/dialect/anthropic.ts";
import { gemini } from "../../lib/dialect/gemini.ts";
import { openai } from "../../lib/dialect/openai.ts";
import { injectCredential, placeFor, placeIn, presentedIn } from "../../lib/wire/credentials.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";
import { percentDecoded } from "../../lib/wire/key_spellings.ts";
import { backendOf } from "../routing.ts";

const carrier = (headers: RawHeaders, target = "/x") => ({ headers, target });

/** Credentials as `place credential`. */
function presented(headers: RawHeaders, target = "/x"): string[] {
  return presentedIn(carrier(headers, target)).map(({ place, credential }) => {
    return `${place} ${credential}`;
  });
}

Deno.test("presentedIn() finds a key in each of the five places", () => {
  assert.deepEqual(presented([["Authorization", "Bearer k"]]), ["authorization k"]);
  assert.deepEqual(presented([["X-API-Key", "k"]]), ["x-api-key k"]);
  assert.deepEqual(presented([["x-goog-api-key", " k "]]), ["x-goog-api-key k"]);
  assert.deepEqual(presented([["API-KEY", "k"]]), ["api-key k"]);
  assert.deepEqual(presented([], "/x?alt=sse&key=k"), ["?key= k"]);
  assert.deepEqual(presented([["cookie", "k"], ["x-key", "k"]], "/key=k?keys=k&Key=k"), []);
});

Deno.test("presentedIn() finds every one, the most usual place first", () => {
  const headers: RawHeaders = [
    ["api-key", "d"],
    ["x-api-key", "b"],
    ["authorization", "Bearer a"],
    ["x-api-key", "c"],
  ];
  assert.deepEqual(presented(headers, "/x?key=e&key=f"), [
    "authorization a",
    "x-api-key b",
    "x-api-key c",
    "api-key d",
    "?key= e",
    "?key= f",
  ]);
});

Deno.test("presentedIn() takes Bearer in any case, and no other scheme", () => {
  assert.deepEqual(presented([["authorization", "bearer k"]]), ["authorization k"]);
  assert.deepEqual(presented([["authorization", "BEARER  k "]]), ["authorization k"]);
  for (const value of ["k", "Basic k", "Bearer", "Bearer a b", "xBearer k", ""]) {
    assert.deepEqual(presented([["authorization", value]]), [], value);
  }
});

Deno.test("presentedIn() reads the query's key in every percent-encoding", () => {
  for (const query of ["key=a%2Bb", "%6Bey=%61%2bb", "k%65%79=a+b", "key=%61%2B%62"]) {
    assert.deepEqual(presented([], `/x?${query}`), ["?key= a+b"], query);
  }
  assert.deepEqual(presented([], "/x?key"), ["?key= "]);
  assert.deepEqual(presented([], "/x?key=a=b"), ["?key= a=b"]);
  assert.deepEqual(presented([], "/x?key=%zz%2"), ["?key= %zz%2"]);
});

Deno.test("placeIn() is the first place in which there is a credential of any kind", () => {
  assert.equal(placeIn(carrier([["Authorization", "Basic x"]])), "authorization");
  assert.equal(placeIn(carrier([["api-key", "x"], ["X-Api-Key", "x"]])), "x-api-key");
  assert.equal(placeIn(carrier([["cookie", "x"]], "/x?%6bey=k")), "?key=");
  assert.equal(placeIn(carrier([["cookie", "x"]], "/x?keys=k")), undefined);
});

Deno.test("placeFor() is where the caller's credential was, for a backend of any dialect", () => {
  const any = backendOf("any");
  for (const place of ["authorization", "x-api-key", "x-goog-api-key", "api-key"] as const) {
    assert.equal(placeFor(any, { dialect: anthropic, place }), place);
  }
  assert.equal(placeFor(any, { dialect: gemini, place: "?key=" }), "?key=");
});

Deno.test("placeFor() is where the call's dialect wants it where the caller sent none", () => {
  const wanted = [openai, anthropic, gemini].map((dialect) =>
    placeFor(backendOf("any"), { dialect, place: undefined })
  );
  assert.deepEqual(wanted, ["authorization", "x-api-key", "x-goog-api-key"]);
});

Deno.test("placeFor() is the query in Gemini's dialect only", () => {
  assert.equal(placeFor(backendOf("any"), { dialect: openai, place: "?key=" }), "authorization");
  assert.equal(placeFor(backendOf("any"), { dialect: anthropic, place: "?key=" }), "x-api-key");
});

Deno.test("placeFor() is where the dialect wants it for a backend that states its dialects", () => {
  const stated = backendOf("stated", { dialects: ["anthropic", "gemini"] });
  for (const place of ["authorization", "?key=", undefined] as const) {
    assert.equal(placeFor(stated, { dialect: anthropic, place }), "x-api-key");
    assert.equal(placeFor(stated, { dialect: gemini, place }), "x-goog-api-key");
  }
});

Deno.test("placeFor() is nowhere that the backend is not to get", () => {
  const headers = { set: [], remove: new Set(["api-key"]) };
  const place = placeFor(backendOf("b", { headers }), { dialect: openai, place: "api-key" });
  assert.equal(place, "authorization");
});

Deno.test("injectCredential() puts the key into a header", () => {
  const given = carrier([["a", "b"]], "/x?a=b");
  const headersWith = (place: "authorization" | "x-api-key" | "x-goog-api-key" | "api-key") =>
    injectCredential(given, { key: "new", place }).headers;
  assert.deepEqual(headersWith("authorization"), [["a", "b"], ["authorization", "Bearer new"]]);
  assert.deepEqual(headersWith("x-api-key"), [["a", "b"], ["x-api-key", "new"]]);
  assert.deepEqual(headersWith("x-goog-api-key"), [["a", "b"], ["x-goog-api-key", "new"]]);
  assert.deepEqual(headersWith("api-key"), [["a", "b"], ["api-key", "new"]]);
});

Deno.test("injectCredential() puts the key into the query", () => {
  const targetOf = (target: string, key = "new") =>
    injectCredential(carrier([], target), { key, place: "?key=" }).target;
  assert.equal(targetOf("/m?key=old&alt=sse"), "/m?alt=sse&key=new");
  assert.equal(targetOf("/m?key=old"), "/m?key=new");
  assert.equal(targetOf("/m"), "/m?key=new");
  assert.equal(targetOf("/m", "a&b+c"), "/m?key=a%26b%2Bc");
});

Deno.test("injectCredential() leaves no other credential of the caller's (F181)", () => {
  const theirs: RawHeaders = [
    ["Authorization", "Bearer old"],
    ["authorization", "Bearer old too"],
    ["X-Api-Key", "old"],
    ["x-goog-api-key", "old"],
    ["Api-Key", "old"],
    ["Proxy-Authorization", "Basic old"],
    ["Cookie", "session=old"],
  ];
  const given = carrier([...theirs, ["x-kept", "1"]], "/m?key=old&a=1");
  assert.deepEqual(injectCredential(given, { key: "new", place: "authorization" }), {
    headers: [["x-kept", "1"], ["authorization", "Bearer new"]],
    target: "/m?a=1",
  });
  assert.deepEqual(injectCredential(given, { key: "new", place: "?key=" }), {
    headers: [["x-kept", "1"]],
    target: "/m?a=1&key=new",
  });
});

const OWN = "cAl-kEy-B7gT4pQw8Zv";

Deno.test("injectCredential() leaves nothing whose name says that it is a credential", () => {
  const names = [
    "X-Forwarded-Authorization",
    "xi-api-key",
    "X_Api_Key",
    "X-Auth-Token",
    "X-Access-Token",
    "Ocp-Apim-Subscription-Key",
    "Helicone-Auth",
    "x-bf-vk",
    "x-portkey-virtual-key",
    "X-Amz-Security-Token",
    "X-Token",
    "x-litellm-api-key",
    "X-Client-Secret",
  ];
  for (const name of names) {
    const given = carrier([[name, "theirs"], ["x-kept", "1"]]);
    const { headers } = injectCredential(given, { key: "new", place: "api-key" });
    assert.deepEqual(headers, [["x-kept", "1"], ["api-key", "new"]], name);
  }
  const kept: RawHeaders = [
    ["Idempotency-Key", "1"],
    ["Sec-WebSocket-Key", "1"],
    ["x-continuation-token", "1"],
    ["x-author", "1"],
    ["x-max-tokens", "1"],
    ["cf-aig-cache-key", "1"],
    ["openai-beta", "secrets=1"],
  ];
  const { headers } = injectCredential(carrier(kept), { key: "new", place: "api-key" });
  assert.deepEqual(headers, [...kept, ["api-key", "new"]]);
});

Deno.test("injectCredential() leaves nothing that holds a credential of the caller's", () => {
  const holders: RawHeaders = [
    ["Referer", `https://app/?k=${OWN}`],
    ["X-A", btoa(`user:${OWN}`)],
    [`X-${OWN}`, "a"],
    ["X-B", encodeURIComponent(encodeURIComponent(OWN)).replace("c", "%2563")],
  ];
  const sources: readonly (readonly [RawHeaders, string])[] = [
    [[["Authorization", `Bearer ${OWN}`]], "/m"],
    [[["X_Api_Key", OWN]], "/m"],
    [[["Sec-WebSocket-Protocol", `openai-insecure-api-key.${OWN}`]], "/m"],
    [[], `/m?key=${OWN}`],
    [[], `/m?access_token=${OWN}`],
  ];
  for (const [headers, target] of sources) {
    const given = carrier([...headers, ...holders, ["x-kept", "1"]], target);
    const sent = injectCredential(given, { key: "new", place: "api-key" });
    assert.deepEqual(sent, { headers: [["x-kept", "1"], ["api-key", "new"]], target: "/m" });
  }
});

Deno.test("injectCredential() takes credentials out of the query and nothing else", () => {
  const cases = [
    ["/m?key=old", "/m"],
    ["/m?key", "/m"],
    ["/m?key=", "/m"],
    ["/m?alt=sse&key=old&a=%20+", "/m?alt=sse&a=%20+"],
    ["/m?key=one&key=two&b=1", "/m?b=1"],
    ["/m?%6Bey=old&k%65%79=old&b=1", "/m?b=1"],
    ["/m?Key=1&api_key=2&API-Key=3&access_token=4&x%5fauth=5&subscription-key=6&a=1", "/m?a=1"],
    ["/m?max_tokens=1&pageToken=2&cache_key=3", "/m?max_tokens=1&pageToken=2&cache_key=3"],
    ["/m?keys=1&monkey=2&a=key=3", "/m?keys=1&monkey=2&a=key=3"],
    ["/m?%zz=1&&a", "/m?%zz=1&&a"],
    ["/key=1", "/key=1"],
    ["/m?", "/m?"],
  ] as const;
  for (const [target, expected] of cases) {
    const sent = injectCredential(carrier([], target), { key: "k", place: "x-api-key" });
    assert.equal(sent.target, expected, target);
  }
});

Deno.test("percentDecoded() leaves alone what is no encoding", () => {
  assert.equal(percentDecoded("%41%zz%4%e9%"), "A%zz%4\xe9%");
});
