import assert from "node:assert/strict";
import fc from "fast-check";
import { createRedactor, credentialsIn, maskSecret } from "../../lib/record/redact.ts";

const KEY = "sk-ab3dEf6hIj9lMn0pcdef";
const MASKED = "sk-ab****cdef";
/** With every character that some encoding spells differently, and of no known shape. */
const AWKWARD = 'zq/8+Xv="\\w%R7-tU~5';

const redactor = createRedactor({ enabled: true, secrets: [KEY, AWKWARD] });
const redactUnknown = (text: string) =>
  createRedactor({ enabled: true, secrets: [] }).text(text).text;

const randomSecret = fc.string({
  unit: fc.constantFrom(..."abcXYZ0189-_.~+/=:\"%{}'"),
  minLength: 12,
  maxLength: 80,
}).filter((secret) => !secret.includes("****"));

const base64 = (text: string) => btoa(text);
const base64Url = (text: string) => btoa(text).replaceAll("+", "-").replaceAll("/", "_");
const jsonInside = (text: string) => JSON.stringify(text).slice(1, -1);
const unicodeEscaped = (text: string) =>
  [...text].map((c) => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`).join("");

/** Every way a canary may be spelled in a log. */
const SPELLINGS: Readonly<Record<string, (secret: string) => string>> = {
  raw: (secret) => secret,
  url: encodeURIComponent,
  "url, lower-case digits": (secret) =>
    encodeURIComponent(secret).replace(/%../g, (escape) => escape.toLowerCase()),
  "url, twice": (secret) => encodeURIComponent(encodeURIComponent(secret)),
  "url, every character": (secret) =>
    [...secret].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(""),
  json: jsonInside,
  "json, nested": (secret) => jsonInside(jsonInside(secret)),
  "json, slashes escaped": (secret) => jsonInside(secret).replaceAll("/", "\\/"),
  "json, every character escaped": unicodeEscaped,
  "json, nested, every character escaped": (secret) => jsonInside(unicodeEscaped(secret)),
  base64,
  "base64 behind one character": (secret) => base64(`:${secret}`),
  "base64 behind two characters": (secret) => base64(`u:${secret}`),
  "base64 within a pair": (secret) => base64(`user:${secret}:after`),
  "base64url": (secret) => base64Url(`${secret}??`),
};

Deno.test("maskSecret() shows the first five and the last four characters", () => {
  assert.equal(maskSecret(KEY), MASKED);
  assert.equal(maskSecret("0123456789abcdef"), "01234****cdef");
});

Deno.test("maskSecret() shows nothing of a value under 16 characters", () => {
  for (const value of ["", "short", "0123456789abcde"]) assert.equal(maskSecret(value), "****");
});

Deno.test("maskSecret() shows nothing that could break the text around it", () => {
  assert.equal(maskSecret('"quoted-at-both-ends"'), "****");
});

Deno.test("maskSecret() leaves a mask as it is", () => {
  assert.equal(maskSecret(MASKED), MASKED);
  assert.equal(maskSecret("****"), "****");
});

Deno.test("Redactor.text() masks a known secret wherever it occurs, and says so", () => {
  const { text, masked } = redactor.text(`Incorrect API key provided: ${KEY}. See ${KEY}`);
  assert.equal(text, `Incorrect API key provided: ${MASKED}. See ${MASKED}`);
  assert.equal(masked, true);
});

for (const [name, spell] of Object.entries(SPELLINGS)) {
  Deno.test(`Redactor.text() leaves nothing of a secret spelled as ${name}`, () => {
    fc.assert(fc.property(randomSecret, (secret) => {
      const { text } = createRedactor({ enabled: true, secrets: [secret] })
        .text(`before ${spell(secret)} after`);
      const middle = spell(secret.slice(5, -4));
      assert(!text.includes(spell(secret)), text);
      assert(middle.length < 8 || !text.includes(middle), text);
      assert(text.startsWith("before ") && text.endsWith(" after"), text);
    }));
  });
}

Deno.test("Redactor.text() masks a secret with a backslash in the usual spellings", () => {
  for (const name of ["raw", "url", "json", "json, nested", "base64", "base64 within a pair"]) {
    const { text } = redactor.text(`before ${SPELLINGS[name]?.(AWKWARD)} after`);
    assert(/^before \S{0,9}\*{4}\S{0,9} after$/.test(text), text);
  }
});

Deno.test("Redactor.text() masks a secret whose spellings are mixed", () => {
  const { text } = redactor.text(`\\u0073k-ab3dEf6%68Ij9lMn0pcde\\\\u0066`);
  assert.equal(text, MASKED);
});

Deno.test("Redactor.text() masks a secret that the text's end cuts short", () => {
  assert.equal(redactor.text(`{"key":"${AWKWARD.slice(0, 12)}`).text, '{"key":"****');
});

Deno.test("Redactor.text() takes a secret before another that it contains", () => {
  const both = createRedactor({ enabled: true, secrets: [KEY.slice(0, 12), KEY] });
  assert.equal(both.text(KEY).text, MASKED);
});

Deno.test("Redactor.text() does not look for secrets under six characters", () => {
  assert.equal(
    createRedactor({ enabled: true, secrets: ["model"] }).text("a model").text,
    "a model",
  );
});

Deno.test("Redactor.text() masks what has the shape of a credential", () => {
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";
  const shaped = [
    "sk-proj-T3BlbkFJ_abcdefgh-1234567890",
    "sk-ant-api03-abcdefghijklmnopqrstuvwxyz",
    "AIzaSyD-abcdefghijklmnopqrstuvwxyz0123",
    "gsk_abcdefghijklmnopqrstuvwxyz0123",
    "xai-abcdefghijklmnopqrstuvwxyz0123",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "github_pat_11ABCDEFG0abcdefghijklmnop",
    "AKIAIOSFODNN7EXAMPLE",
    jwt,
  ];
  for (const key of shaped) {
    for (const around of ["at the start", "key: ", 'a "', "\\n", "\\u0022", "%20", "("]) {
      const before = around === "at the start" ? "" : around;
      assert.equal(redactUnknown(`${before}${key}'`), `${before}${maskSecret(key)}'`);
    }
  }
});

Deno.test("Redactor.text() masks bearer tokens of 16 characters and more", () => {
  assert.equal(
    redactUnknown("curl -H 'authorization: Bearer abc.DEF~ghi+jkl/mno='"),
    "curl -H 'authorization: Bearer abc.D****mno='",
  );
  assert.equal(redactUnknown("a bearer of bad news"), "a bearer of bad news");
});

Deno.test("Redactor.text() masks credentials in the query of a URL it quotes", () => {
  assert.equal(
    redactUnknown("GET https://host/v1?alt=sse&key=abcdefghijklmnopqrst failed"),
    "GET https://host/v1?alt=sse&key=abcde****qrst failed",
  );
});

Deno.test("Redactor.text() masks JSON members named like credentials, however short", () => {
  const names = [
    "api_key apiKey api-key x-api-key authorization access_token refresh_token",
    "client_secret password secret",
  ].join(" ").split(" ");
  for (const name of names) {
    assert.equal(redactUnknown(`{"${name}": "abc", "n": 1}`), `{"${name}": "****", "n": 1}`);
  }
  assert.equal(redactUnknown('{"authorization":"Basic dTpw"}'), '{"authorization":"Basic ****"}');
});

Deno.test("Redactor.text() finds such members in JSON nested in strings, to their very end", () => {
  let text = JSON.stringify({ password: 'with "quotes", \\ and / tail\\', model: "m" });
  let expected = JSON.stringify({ password: "****", model: "m" });
  for (let depth = 0; depth < 4; depth++) {
    assert.equal(redactUnknown(text), expected, `depth ${depth}`);
    [text, expected] = [
      JSON.stringify({ arguments: text }),
      JSON.stringify({ arguments: expected }),
    ];
  }
});

Deno.test("Redactor.text() masks a member's value that was cut off", () => {
  assert.equal(redactUnknown('{"client_secret":"abc'), '{"client_secret":"****');
});

Deno.test("Redactor.text() keeps what only resembles a credential", () => {
  const harmless = [
    '{"max_tokens":1024,"prompt_tokens":5,"logprobs":[{"token":"Hello"}],"next_page_token":"abc"}',
    '{"password":{"type":"string"},"secret":null,"api_key":7,"password":""}',
    "a task-force-of-considerable-size, risk-averse-and-slow-to-move; ask-me-anything-you-want-to",
    "sk-short, eyJhbGciOiJIUzI1NiJ9 alone, AKIA, Bearer of news, key=value?",
    'data: {"choices":[{"delta":{"content":"the secret is patience"}}]}\n\n',
    "claude-opus-4-20260301 msg_01XFDUDYJgAACzvnptvVoYEL req_011CSHoEeqs5C35K2UUqR7Fy",
  ];
  for (const text of harmless) {
    assert.deepEqual(redactor.text(text), { text, masked: false });
  }
});

Deno.test("Redactor.text() keeps any text without secrets", () => {
  const word = fc.constantFrom(
    ...'the task-force asks: risk-averse tokens %20 \\n \\u0041 \\/ {} " \\" sk- Bearer max_tokens 429 é 界 🙂'
      .split(" "),
  );
  fc.assert(fc.property(fc.array(word, { maxLength: 60 }), fc.string(), (words, other) => {
    const text = `${words.join(" ")} · ${other}`;
    assert.deepEqual(redactor.text(text), { text, masked: false });
  }));
});

Deno.test("Redactor.text() masks what is masked no further", () => {
  const spelling = fc.constantFrom(...Object.values(SPELLINGS));
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(`"api_key":"`, `Bearer `, `?key=`, `\\n`, `"`, `sk-proj-0123456789abcdef`),
    fc.tuple(spelling, fc.constantFrom(KEY, AWKWARD)).map(([spell, secret]) => spell(secret)),
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
    const once = redactor.text(pieces.join("")).text;
    assert.deepEqual(redactor.text(once), { text: once, masked: false });
  }));
});

Deno.test("Redactor.text() leaves JSON valid", () => {
  const value = fc.constantFrom(KEY, AWKWARD, `Bearer ${KEY}`, 'a "b" \\', "plain");
  const name = fc.constantFrom("api_key", "password", "message", "authorization");
  fc.assert(fc.property(fc.dictionary(name, value), (members) => {
    const redacted =
      redactor.text(JSON.stringify({ nested: JSON.stringify(members), members })).text;
    const parsed = JSON.parse(redacted);
    assert.deepEqual(JSON.parse(parsed.nested), parsed.members);
    assert.deepEqual(Object.keys(parsed.members), Object.keys(members));
  }));
});

Deno.test("Redactor.text() masks a secret as long as a request's head allows", () => {
  const long = "0123456789".repeat(6400);
  const { text } = createRedactor({ enabled: true, secrets: [long] }).text(
    `a ${long} \\/ ${long} z`,
  );
  assert.equal(text, "a 01234****6789 \\/ 01234****6789 z");
});

Deno.test("Redactor.headers() masks credential headers and keeps their scheme", () => {
  const pairs = [
    ["Authorization", `Bearer ${KEY}`],
    ["proxy-authorization", "Basic dXNlcjpwYXNz"],
    ["X-Api-Key", "another-key-0123456789"],
    ["x-goog-api-key", "short"],
    ["api-key", "another-key-0123456789"],
    ["x-auth-token", "abcdefghijklmnop"],
    ["cf-access-client-secret", "abcdefghijklmnop"],
  ] as const;
  assert.deepEqual(redactor.headers(pairs), [
    ["Authorization", `Bearer ${MASKED}`],
    ["proxy-authorization", "Basic ****"],
    ["X-Api-Key", "anoth****6789"],
    ["x-goog-api-key", "****"],
    ["api-key", "anoth****6789"],
    ["x-auth-token", "abcde****mnop"],
    ["cf-access-client-secret", "abcde****mnop"],
  ]);
});

Deno.test("Redactor.headers() masks each cookie's value and keeps its name and attributes", () => {
  assert.deepEqual(
    redactor.headers([
      ["cookie", "session=0123456789abcdef; theme=dark; empty=; bare"],
      ["set-cookie", "session=0123456789abcdef; Path=/; HttpOnly"],
    ]),
    [
      ["cookie", "session=01234****cdef; theme=****; empty=; ****"],
      ["set-cookie", "session=01234****cdef; Path=/; HttpOnly"],
    ],
  );
});

Deno.test("Redactor.headers() masks keys among WebSocket subprotocols", () => {
  const value = "realtime, openai-insecure-api-key.unshaped-0123456789, openai-beta.realtime-v1";
  assert.deepEqual(redactor.headers([["sec-websocket-protocol", value]]), [[
    "sec-websocket-protocol",
    "realtime, openai-insecure-api-key.unsha****6789, openai-beta.realtime-v1",
  ]]);
});

Deno.test("Redactor.headers() masks secrets in headers of any name", () => {
  const pairs = [["location", `https://host/?key=${KEY}`], ["x-echo", `you sent ${KEY}`]] as const;
  assert.deepEqual(redactor.headers(pairs), [
    ["location", `https://host/?key=${MASKED}`],
    ["x-echo", `you sent ${MASKED}`],
  ]);
});

Deno.test("Redactor.headers() keeps harmless headers", () => {
  const pairs = [
    ["anthropic-version", "2023-06-01"],
    ["anthropic-beta", "token-efficient-tools-2025-02-19"],
    ["anthropic-ratelimit-tokens-remaining", "39000"],
    ["anthropic-ratelimit-input-tokens-reset", "2026-03-01T12:00:20Z"],
    ["x-ratelimit-remaining-tokens", "149984"],
    ["x-ratelimit-limit-tokens", "150000"],
    ["openai-organization", "org-abcdefghijklmnop"],
    ["x-claude-code-session-id", "4f9c2f3e-6a0f-4a3b-9c59-0d8f1c3b7a11"],
    ["idempotency-key", "stainless-node-retry-4f9c2f3e"],
    ["www-authenticate", 'Bearer realm="api"'],
    ["access-control-allow-credentials", "true"],
    [":authority", "api.example.com"],
  ] as const;
  assert.deepEqual(redactor.headers(pairs), pairs);
});

Deno.test("Redactor.headers() masks what is masked no further", () => {
  const pairs = [["authorization", `Bearer ${KEY}`], [
    "cookie",
    "a=0123456789abcdef; b=c",
  ]] as const;
  const once = redactor.headers(pairs);
  assert.deepEqual(redactor.headers(once), once);
});

Deno.test("Redactor.target() masks credentials in the query, the rest byte for byte", () => {
  const rest = "/v1beta/models/g%2Dmini:generate?alt=sse&&pageToken=abcdefghijklmnopq&x";
  assert.equal(redactor.target(rest), rest);
  for (const name of ["key", "api_key", "api-key", "access_token", "token", "KEY", "%6Bey"]) {
    const target = `${rest}&${name}=unshaped-0123456789&z=%C3%A9+1`;
    assert.equal(redactor.target(target), `${rest}&${name}=unsha****6789&z=%C3%A9+1`);
  }
  assert.equal(redactor.target("/v1/x?key=short&key="), "/v1/x?key=****&key=");
});

Deno.test("Redactor.target() masks known secrets in the path and in other parameters", () => {
  assert.equal(redactor.target(`/${KEY}/v1?note=${KEY}`), `/${MASKED}/v1?note=${MASKED}`);
});

Deno.test("createRedactor() shows everything as it came when it is not enabled", () => {
  const open = createRedactor({ enabled: false, secrets: [KEY] });
  assert.deepEqual(open.text(KEY), { text: KEY, masked: false });
  assert.deepEqual(open.headers([["authorization", KEY]]), [["authorization", KEY]]);
  assert.equal(open.target(`/?key=${KEY}`), `/?key=${KEY}`);
});

Deno.test("credentialsIn() finds credentials in headers and query, without their scheme", () => {
  const headers = [
    ["Authorization", "Bearer key-in-authorization"],
    ["x-api-key", "key-in-header"],
    ["sec-websocket-protocol", "realtime, openai-insecure-api-key.key-in-subprotocol"],
    ["content-type", "application/json"],
  ] as const;
  assert.deepEqual(credentialsIn(headers, "/v1?alt=sse&key=key%2Fin%2Fquery"), [
    "key-in-authorization",
    "key-in-header",
    "key-in-subprotocol",
    "key%2Fin%2Fquery",
    "key/in/query",
  ]);
});

Deno.test("credentialsIn() decodes HTTP Basic and finds the password", () => {
  const found = credentialsIn([["authorization", `Basic ${btoa("user:pass:word")}`]], "/");
  assert.deepEqual(found, [btoa("user:pass:word"), "user:pass:word", "pass:word"]);
});

Deno.test("credentialsIn() finds each credential of headers that were joined", () => {
  const found = credentialsIn([["x-api-key", "first-key, second-key"]], "/");
  assert(found.includes("first-key") && found.includes("second-key"));
});

Deno.test("credentialsIn() takes cookies and headers that sound like credentials from 16 characters on", () => {
  const headers = [
    ["cookie", "theme=enabled; session=0123456789abcdef"],
    ["x-auth-mode", "personal"],
    ["x-auth-token", "abcdefghijklmnop"],
  ] as const;
  assert.deepEqual(credentialsIn(headers, "/"), ["0123456789abcdef", "abcdefghijklmnop"]);
});

Deno.test("credentialsIn() takes a scheme alone for no credential", () => {
  assert.deepEqual(credentialsIn([["authorization", "Bearer"]], "/v1?key="), []);
});
