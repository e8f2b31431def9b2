/** A caller's key for this proxy reaches no backend; what else it sent does, or the backend's own key. */
import assert from "node:assert/strict";
import { callRaw, type RawRequest, textOf } from "./caller.ts";
import { type Peer, reply, type SeenRequest, startPeer, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

const KEY = "canary/key+of=laptop";
const ENCODED = encodeURIComponent(KEY);
const BACKEND_KEY = "sk-backend-1234567890";
const CALL: RawRequest = { body: `{"model":"chat"}` };
const CLIENTS =
  `clients: [{ name: laptop, key: "${KEY}" }, { name: desk, key: "canary-key-of-desk" }]`;

/** The alias `chat` on one backend with these keys of its own. */
function one(backend: Peer, more = ""): string {
  return `${CLIENTS}
backends: [{ name: backend, url: "${backend.url}"${more} }]
models: { chat: [{ backend: backend, model: m }] }
`;
}

const INJECT = `, auth: inject, api_key: "${BACKEND_KEY}"`;

async function seenOf(request: RawRequest, more = ""): Promise<SeenRequest> {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(one(backend, more));
  const got = await callRaw(proxy.url, { ...CALL, ...request });
  assert.equal(got.status, 200, textOf(got));
  const [seen] = backend.requests;
  assert.ok(seen !== undefined);
  withoutCanary(seen);
  return seen;
}

/** No spelling of a caller's key in what a backend saw. */
function withoutCanary({ head, body }: SeenRequest): void {
  const all = head + new TextDecoder().decode(body);
  for (const spelling of [all, decodeURIComponent(all.replace(/%(?![\da-f]{2})/gi, "%25"))]) {
    assert.doesNotMatch(spelling, /canary/i);
  }
  for (const [, base64 = ""] of all.matchAll(/([\w+/]{12,}=*)/g)) {
    assert.doesNotMatch(base64 + decodedBase64(base64), /canary/i);
  }
}

function decodedBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}

/** The header lines that the caller sent, or that carry a key. */
function linesOf({ head }: SeenRequest): string[] {
  return head.split("\r\n").slice(1).filter((line) =>
    !/^(?:host|connection|content-length):/i.test(line)
  );
}

const AS_LAPTOP: Readonly<Record<string, RawRequest>> = {
  "Authorization": { lines: [`Authorization: Bearer ${KEY}`] },
  "x-api-key": { lines: [`x-api-key: ${KEY}`] },
  "x-goog-api-key": { lines: [`X-Goog-Api-Key: ${KEY}`] },
  "api-key": { lines: [`API-KEY: ${KEY}`] },
  "all of them": {
    target: `/v1/chat/completions?key=${ENCODED}`,
    lines: [
      `Authorization: Bearer ${KEY}`,
      `x-api-key: ${KEY}`,
      `x-goog-api-key: ${KEY}`,
      `api-key: ${KEY}`,
    ],
  },
};

for (const [place, request] of Object.entries(AS_LAPTOP)) {
  Deno.test(`route() sends a backend on passthrough no credential for a key in ${place}`, async () => {
    const seen = await seenOf(request);
    assert.deepEqual(linesOf(seen), []);
    assert.equal(seen.target, "/v1/chat/completions");
  });
}

Deno.test("route() takes the key out of the query in every encoding, and keeps the rest", async () => {
  const every = [...KEY].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");
  for (const key of [KEY, ENCODED, every, every.toUpperCase()]) {
    for (const name of ["key", "%6Bey", "k%65%79"]) {
      const seen = await seenOf({ target: `/v1/x?a=%2F&${name}=${key}&&b=%zz&key=theirs` });
      assert.equal(seen.target, "/v1/x?a=%2F&&b=%zz&key=theirs");
    }
  }
});

Deno.test("route() passes on the other credentials that a caller sent, under passthrough", async () => {
  const theirs = ["Authorization: Bearer sk-ant-oat01-mine", "Cookie: a=1", "api-key: theirs"];
  const seen = await seenOf({ lines: [theirs[0]!, `x-api-key: ${KEY}`, ...theirs.slice(1)] });
  assert.deepEqual(linesOf(seen), theirs);
});

Deno.test("route() sends no backend the key of any caller, where a request has two", async () => {
  const lines = [`Authorization: Bearer ${KEY}`, "x-api-key: canary-key-of-desk", "x-kept: 1"];
  assert.deepEqual(linesOf(await seenOf({ lines })), ["x-kept: 1"]);
});

Deno.test("route() sends no backend a key in a header's name, or in a spelling of another place", async () => {
  const desk = "canary-key-of-desk";
  const lines = [
    `x-api-key: ${KEY}`,
    `X_Api_Key: ${desk}`,
    `X-${desk}: a`,
    `X-A: ${btoa(`desk:${desk}`)}`,
    `X-B: ${encodeURIComponent(ENCODED)}`,
    "x-kept: 1",
  ];
  const target = `/v1/x?a=1&b=${encodeURIComponent(ENCODED)}&${desk}=1&c=${btoa(desk)}`;
  const seen = await seenOf({ lines, target });
  assert.deepEqual([linesOf(seen), seen.target], [["x-kept: 1"], "/v1/x?a=1"]);
});

/** Where callers' credentials are put that are no keys of this proxy. */
const OWN = "cAl-kEy-B7gT4pQw8Zv";
const OWN_PLACES: readonly (readonly [line: string, query: string])[] = [
  [`X-Forwarded-Authorization: Bearer ${OWN}`, ""],
  [`xi-api-key: ${OWN}`, ""],
  [`X-Auth-Token: ${OWN}`, ""],
  [`Ocp-Apim-Subscription-Key: ${OWN}`, ""],
  [`X_Api_Key: ${OWN}`, ""],
  [`Referer: https://app.example/?a=${OWN}`, ""],
  ["X-A: b", `?api_key=${OWN}`],
  ["X-A: b", `?access_token=${OWN}`],
  ["X-A: b", `?Key=${OWN}`],
  ["X-A: b", `?state=${encodeURIComponent(OWN)}`],
];

Deno.test("route() sends no credential of a caller's where a key is injected, wherever it stood", async () => {
  await using backend = await startReplier(reply(200, "{}"));
  await using proxy = await startProxy(`
backends: [{ name: own, url: "${backend.url}", auth: inject, api_key: "${BACKEND_KEY}" }]
models: { chat: [{ backend: own, model: m }] }
`);
  for (const [line, query] of OWN_PLACES) {
    await callRaw(proxy.url, {
      ...CALL,
      target: `/v1/chat/completions${query}`,
      lines: [`Authorization: Bearer ${OWN}`, line],
    });
    const seen = backend.requests.at(-1);
    assert.ok(seen !== undefined && !seen.head.includes(OWN), `${line} ${query}`);
    assert.ok(linesOf(seen).includes(`authorization: Bearer ${BACKEND_KEY}`));
  }
  assert.equal(backend.requests.length, OWN_PLACES.length);
});

Deno.test("route() sends a key on in no other header either", async () => {
  const lines = [
    `x-api-key: ${KEY}`,
    `Authorization: Basic ${btoa(`laptop:${KEY}`)}`,
    `X-Proxy-Key: Bearer ${KEY}`,
    `Cookie: session=1; key=${ENCODED}`,
    "x-kept: 1",
  ];
  const target = `/v1/x?api_key=${ENCODED}&a=1`;
  for (const more of ["", INJECT]) {
    const seen = await seenOf({ lines, target }, more);
    assert.ok(linesOf(seen).includes("x-kept: 1"));
    assert.equal(seen.target, "/v1/x?a=1");
  }
});

for (const [place, request] of Object.entries(AS_LAPTOP)) {
  const headers: Readonly<Record<string, string>> = {
    "x-api-key": `x-api-key: ${BACKEND_KEY}`,
    "x-goog-api-key": `x-goog-api-key: ${BACKEND_KEY}`,
    "api-key": `api-key: ${BACKEND_KEY}`,
  };
  const expected = headers[place] ?? `authorization: Bearer ${BACKEND_KEY}`;
  Deno.test(`route() injects a backend's key alone where the caller's was, in ${place}`, async () => {
    const seen = await seenOf(request, INJECT);
    assert.deepEqual(linesOf(seen), [expected]);
    assert.equal(seen.target, "/v1/chat/completions");
  });
}

Deno.test("route() injects where the caller's key for this proxy was, not where another stood", async () => {
  const lines = ["Authorization: Bearer sk-ant-oat01-mine", `x-api-key: ${KEY}`, "Cookie: a=1"];
  assert.deepEqual(linesOf(await seenOf({ lines }, INJECT)), [`x-api-key: ${BACKEND_KEY}`]);
});

const GEMINI = "/v1beta/models/chat:generateContent";

Deno.test("route() injects into the query for Gemini's callers that have it there", async () => {
  const target = `${GEMINI}?key=${ENCODED}&alt=sse`;
  const seen = await seenOf({ target, body: "{}" }, INJECT);
  assert.equal(seen.target, `/v1beta/models/m:generateContent?alt=sse&key=${BACKEND_KEY}`);
  assert.deepEqual(linesOf(seen), []);
});

Deno.test("route() injects into the header that the dialect wants for others with a key in the query", async () => {
  for (
    const [path, header] of [
      ["/v1/chat/completions", `authorization: Bearer ${BACKEND_KEY}`],
      ["/v1/messages", `x-api-key: ${BACKEND_KEY}`],
    ] as const
  ) {
    const seen = await seenOf({ target: `${path}?key=${ENCODED}` }, INJECT);
    assert.deepEqual([seen.target, linesOf(seen)], [path, [header]]);
  }
});

const STATED = [
  ["openai", "/v1/chat/completions", `authorization: Bearer ${BACKEND_KEY}`],
  ["anthropic", "/v1/messages", `x-api-key: ${BACKEND_KEY}`],
  ["gemini", GEMINI, `x-goog-api-key: ${BACKEND_KEY}`],
] as const;

for (const [dialect, path, header] of STATED) {
  Deno.test(`route() injects where a backend wants it that states ${dialect}`, async () => {
    const requests: readonly RawRequest[] = [
      { lines: [`Authorization: Bearer ${KEY}`] },
      { lines: [`x-api-key: ${KEY}`] },
      { lines: [`x-goog-api-key: ${KEY}`, "Authorization: Bearer theirs"] },
      { lines: [`api-key: ${KEY}`] },
      { target: `${path}?key=${ENCODED}` },
    ];
    for (const request of requests) {
      const call = { target: path, ...request };
      const seen = await seenOf(call, `${INJECT}, dialect: [${dialect}]`);
      assert.deepEqual(linesOf(seen), [header]);
      assert.equal(seen.target, path.replace("/chat:", "/m:"));
    }
  });
}

/** What each of three backends sees of one request that only the last answers. */
async function chased(order: readonly ("inject" | "passthrough")[], request: RawRequest) {
  await using first = await startReplier(reply(503, "{}"));
  await using second = await startReplier(reply(503, "{}"));
  await using third = await startReplier(reply(200, `{"ok":1}`));
  const peers = [first, second, third];
  const backends = order.map((auth, at) => {
    const key = auth === "inject"
      ? `, auth: inject, api_key: "sk-of-backend-${at}-1234567890"`
      : "";
    return `  - { name: b${at}, url: "${peers[at]!.url}"${key} }\n`;
  });
  const routes = order.map((_, at) => `{ backend: b${at}, model: m, priority: ${at} }`);
  await using proxy = await startProxy(
    `${CLIENTS}\nbackends:\n${backends.join("")}models: { chat: [${routes}] }\n`,
  );
  assert.equal((await callRaw(proxy.url, { ...CALL, ...request })).status, 200);
  return peers.map(({ requests: [seen] }) => {
    assert.ok(seen !== undefined);
    withoutCanary(seen);
    return linesOf(seen);
  });
}

Deno.test("route() gives each backend in turn its own credential and no other (F181)", async () => {
  const lines = [`x-api-key: ${KEY}`, "Authorization: Bearer sk-theirs", "Cookie: a=1"];
  assert.deepEqual(await chased(["inject", "passthrough", "inject"], { lines }), [
    ["x-api-key: sk-of-backend-0-1234567890"],
    ["Authorization: Bearer sk-theirs", "Cookie: a=1"],
    ["x-api-key: sk-of-backend-2-1234567890"],
  ]);
  assert.deepEqual(await chased(["passthrough", "inject", "passthrough"], { lines }), [
    ["Authorization: Bearer sk-theirs", "Cookie: a=1"],
    ["x-api-key: sk-of-backend-1-1234567890"],
    ["Authorization: Bearer sk-theirs", "Cookie: a=1"],
  ]);
});

Deno.test("route() sends no backend a caller's key after a fallback either (F181)", async () => {
  const lines = [`Authorization: Bearer ${KEY}`];
  assert.deepEqual(await chased(["inject", "passthrough", "inject"], { lines }), [
    ["authorization: Bearer sk-of-backend-0-1234567890"],
    [],
    ["authorization: Bearer sk-of-backend-2-1234567890"],
  ]);
});

for (const status of [401, 403, 429]) {
  Deno.test(`route() tries the next key of a pool in the same place after a ${status}`, async () => {
    await using backend = await startPeer(({ index, write }) => {
      return write(reply(index === 0 ? status : 200, `{"ok":1}`));
    });
    const pool =
      `, auth: inject, api_key: [sk-pool-1-1234567890, sk-pool-2-1234567890], dialect: anthropic`;
    await using proxy = await startProxy(one(backend, pool));
    const call = { ...CALL, target: "/v1/messages", lines: [`Authorization: Bearer ${KEY}`] };
    for (let at = 0; at < 2; at++) assert.equal((await callRaw(proxy.url, call)).status, 200);
    backend.requests.forEach(withoutCanary);
    assert.deepEqual(backend.requests.flatMap(linesOf), [
      "x-api-key: sk-pool-1-1234567890",
      "x-api-key: sk-pool-2-1234567890",
      "x-api-key: sk-pool-2-1234567890",
    ]);
  });
}

Deno.test("Journal shows no key of a caller or a backend, whoever repeats it (F152)", async () => {
  const base64 = btoa(`laptop:${KEY}`);
  const echo =
    `{"error":{"message":"Wrong key ${KEY}, ${ENCODED}, ${base64}, not ${BACKEND_KEY}"}}`;
  await using backend = await startReplier(reply(400, echo, { "x-echo": KEY }));
  await using proxy = await startProxy(one(backend, INJECT));
  const body = `{"model":"chat","messages":[{"role":"user","content":"My key is ${KEY}"}]}`;
  for (
    const request of [{ lines: [`x-api-key: ${KEY}`] }, {
      target: `/v1/x/${ENCODED}?key=${ENCODED}`,
    }]
  ) {
    const got = await callRaw(proxy.url, { body, ...request });
    assert.deepEqual([got.status, textOf(got)], [400, echo], "what passes is not masked");
  }
  await callRaw(proxy.url, { body: `{"model":"${KEY}"}`, lines: [`x-api-key: ${KEY}`] });
  const logs = [...await proxy.logs(), ...await proxy.logs("errors"), ...proxy.lines];
  assert.ok(logs.length >= 6);
  for (const text of logs) {
    assert.ok(!text.includes(KEY) && !text.includes(ENCODED), text);
    assert.ok(!text.includes(BACKEND_KEY) && !text.includes(base64.slice(12, -4)), text);
  }
});
