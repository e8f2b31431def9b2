/** Who comes in at the admin port, and as what page, where browsers find it through a proxy. */
import assert from "node:assert/strict";
import { connectTo } from "../caller.ts";
import { startReplier } from "../peer.ts";
import { sceneryConfig } from "./scenery.ts";
import { type Stage, startStage } from "./stage.ts";

const TOKEN = "a-token-of-some-length";
const PUBLIC = "https://example.org:8443/llm/";

async function startShown(admin: string) {
  const peer = await startReplier("");
  const yaml = sceneryConfig([peer, peer, peer]).replace("admin: { ", `admin: { ${admin}, `);
  const stage = await startStage(yaml);
  return {
    stage,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
    },
  };
}

const BOTH = `token: ${TOKEN}, public_url: "${PUBLIC}"`;

interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly lines?: readonly string[];
  readonly body?: string;
}

/** What is answered to these header lines, none of which is added to. */
async function answerTo(
  { admin }: Stage,
  { method = "GET", target = "/api/now", lines = [], body = "" }: Sent,
) {
  await using caller = await connectTo(admin.url);
  const length = body === "" ? [] : [`Content-Length: ${body.length}`];
  const head = [`${method} ${target} HTTP/1.1`, "Connection: close", ...length, ...lines];
  await caller.send(`${head.join("\r\n")}\r\n\r\n${body}`);
  const { status, lines: fields, body: bytes } = await caller.reply(method);
  const text = new TextDecoder().decode(bytes);
  const code = /"code":"(\w+)"/.exec(text)?.[1] ?? "";
  return { seen: code === "" ? `${status}` : `${status} ${code}`, fields, text };
}

const seen = async (stage: Stage, sent: Sent) => (await answerTo(stage, sent)).seen;

const BEARER = `Authorization: Bearer ${TOKEN}`;

/** Of a GET of `/api/now` without a token, with a public URL. */
const HOSTS: readonly (readonly [host: string, seen: string])[] = [
  ["example.org:8443", "401 token_needed"],
  ["example.org", "401 token_needed"],
  ["EXAMPLE.ORG", "401 token_needed"],
  ["localhost:1", "401 token_needed"],
  ["llm_admin", "401 token_needed"],
  ["llm-proxy:8081", "401 token_needed"],
  ["evil.example", "403 foreign_host"],
  ["example.org.evil.example", "403 foreign_host"],
  ["llm.example.org", "403 foreign_host"],
  ["example.org@evil", "403 foreign_host"],
  ["192.168.1.7", "403 foreign_host"],
];

for (const [host, expected] of HOSTS) {
  Deno.test(`cases 14: with admin.public_url, Host ${host}: ${expected}`, async () => {
    await using shown = await startShown(BOTH);
    assert.equal(await seen(shown.stage, { lines: [`Host: ${host}`] }), expected);
  });
}

Deno.test("cases 14: without a token, admin.public_url lets in its own name, and no upstream's", async () => {
  await using shown = await startShown(`public_url: "${PUBLIC}"`);
  const statusOf = (host: string) => seen(shown.stage, { lines: [`Host: ${host}`] });
  assert.equal(await statusOf("example.org"), "200");
  assert.equal(await statusOf("llm_admin"), "403 foreign_host");
});

const MARKS = ["x-llm-proxy: 1", "content-type: application/json"];

/** Of a login with the right token. */
const ORIGINS: readonly (readonly [host: string, origin: string, seen: string])[] = [
  ["example.org", "https://example.org:8443", "200"],
  ["127.0.0.1:8081", "https://example.org:8443", "200"],
  ["llm_admin", "https://example.org:8443", "200"],
  ["example.org:8443", "https://example.org:8443", "200"],
  ["127.0.0.1:8081", "https://example.org", "403 foreign_origin"],
  ["127.0.0.1:8081", "http://example.org:8443", "403 foreign_origin"],
  ["127.0.0.1:8081", "https://evil.example", "403 foreign_origin"],
  ["example.org", "https://example.org:8443.evil.example", "403 foreign_origin"],
  ["example.org", "null", "403 foreign_origin"],
  ["example.org", "", "403 foreign_origin"],
];

for (const [host, origin, expected] of ORIGINS) {
  Deno.test(`cases 14: with admin.public_url, Host ${host} and Origin ${origin}: ${expected}`, async () => {
    await using shown = await startShown(BOTH);
    const lines = [`Host: ${host}`, `Origin: ${origin}`, ...MARKS];
    const body = JSON.stringify({ token: TOKEN });
    const sent = { method: "POST", target: "/api/login", lines, body };
    assert.equal(await seen(shown.stage, sent), expected);
  });
}

/** Of a program that sends the token, where nothing says what the port is called. */
const PROGRAMS: readonly (readonly [what: string, sent: Sent, seen: string])[] = [
  ["by any Host", { lines: ["Host: evil.example", BEARER] }, "200"],
  ["with any Origin", { lines: ["Host: localhost", "Origin: https://a.example", BEARER] }, "200"],
  [
    "for what changes something",
    {
      method: "POST",
      target: "/api/cooldowns/clear",
      lines: ["Host: a.example", BEARER, ...MARKS],
      body: `{"all":true}`,
    },
    "200",
  ],
  [
    "without the mark that no form can send",
    { method: "POST", target: "/api/login", lines: ["Host: a.example", BEARER], body: "{}" },
    "403 foreign_host",
  ],
  [
    "from what the browser says is another site's page",
    { lines: ["Host: a.example", BEARER, "Sec-Fetch-Site: cross-site"] },
    "403 foreign_host",
  ],
  ["that is wrong", { lines: ["Host: a.example", "Authorization: Bearer no"] }, "401 token_needed"],
  [
    "as another scheme",
    { lines: ["Host: a.example", `Authorization: Basic ${TOKEN}`] },
    "403 foreign_host",
  ],
  [
    "in a cookie",
    { lines: ["Host: a.example", `Cookie: llm-proxy-0=${TOKEN}`] },
    "403 foreign_host",
  ],
  [
    "in the query",
    { target: `/api/now?token=${TOKEN}`, lines: ["Host: a.example"] },
    "403 foreign_host",
  ],
];

for (const [what, sent, expected] of PROGRAMS) {
  Deno.test(`cases 14: a program's token ${what}: ${expected}`, async () => {
    await using shown = await startShown(`token: ${TOKEN}`);
    assert.equal(await seen(shown.stage, sent), expected);
  });
}

Deno.test("cases 14: where there is no token, no bearer makes a Host right", async () => {
  await using shown = await startShown(`public_url: "${PUBLIC}"`);
  for (const bearer of ["Authorization: Bearer ", "Authorization: Bearer x", BEARER]) {
    assert.equal(
      await seen(shown.stage, { lines: ["Host: evil.example", bearer] }),
      "403 foreign_host",
    );
  }
});

Deno.test("cases 14: a cookie does not outweigh another site's Origin, nor a foreign Host", async () => {
  await using shown = await startShown(BOTH);
  const { stage } = shown;
  const lines = ["Host: example.org", "Origin: https://example.org:8443", ...MARKS];
  const body = JSON.stringify({ token: TOKEN });
  const { fields } = await answerTo(stage, { method: "POST", target: "/api/login", lines, body });
  const [, cookie = ""] = /^set-cookie: ([^;]+)/im.exec(fields.join("\n")) ?? [];
  const held = `Cookie: ${cookie}`;
  assert.equal(await seen(stage, { lines: ["Host: example.org", held] }), "200");
  assert.equal(await seen(stage, { lines: ["Host: evil.example", held] }), "403 foreign_host");
  const foreign = ["Host: example.org", "Origin: https://evil.example", held];
  assert.equal(await seen(stage, { lines: foreign }), "403 foreign_origin");
  const near = ["Host: example.org", "Sec-Fetch-Site: same-site", held];
  assert.equal(await seen(stage, { lines: near }), "403 foreign_origin");
});

Deno.test("cases 14: nothing that is said of where a request came from is believed", async () => {
  await using shown = await startShown(BOTH);
  const said = [
    "X-Forwarded-Host: example.org",
    "X-Forwarded-Proto: https",
    "X-Forwarded-For: 127.0.0.1",
    "X-Real-IP: 127.0.0.1",
    "Forwarded: for=127.0.0.1;host=example.org;proto=https",
  ];
  const foreign = { lines: ["Host: evil.example", ...said] };
  assert.equal(await seen(shown.stage, foreign), "403 foreign_host");
});

/** The cookie's terms of a login from this origin. */
async function cookieFrom(origin: string): Promise<string> {
  await using shown = await startShown(BOTH);
  const lines = ["Host: localhost:7", ...origin === "" ? [] : [`Origin: ${origin}`], ...MARKS];
  const body = JSON.stringify({ token: TOKEN });
  const { fields } = await answerTo(shown.stage, {
    method: "POST",
    target: "/api/login",
    lines,
    body,
  });
  return /^set-cookie: [^;]+; (.*)$/im.exec(fields.join("\n"))?.[1] ?? "";
}

Deno.test("login() keeps the cookie of a page on a path to that path, and to TLS where it came by it", async () => {
  const terms = "HttpOnly; SameSite=Strict; Max-Age=604800";
  assert.equal(await cookieFrom("https://example.org:8443"), `Path=/llm/; ${terms}; Secure`);
  assert.equal(await cookieFrom("http://localhost:7"), `Path=/; ${terms}`);
  assert.equal(await cookieFrom("https://localhost:7"), `Path=/; ${terms}; Secure`);
  assert.equal(await cookieFrom(""), `Path=/; ${terms}`);
});

Deno.test("the page is relative to wherever it is, until the configuration says where that is", async () => {
  await using plain = await startShown(`token: ${TOKEN}`);
  const relative = await answerTo(plain.stage, { target: "/", lines: ["Host: localhost"] });
  assert.match(relative.text, / src="app\.js"/);
  await using shown = await startShown(BOTH);
  for (const target of ["/", "/llm/"]) {
    const { text } = await answerTo(shown.stage, { target, lines: ["Host: localhost"] });
    for (const file of ["app.js", "app.css", "icon.svg"]) {
      assert.ok(text.includes(`="/llm/${file}"`));
    }
  }
  const { seen, fields } = await answerTo(shown.stage, {
    target: "/llm?a=1",
    lines: ["Host: example.org"],
  });
  assert.equal(seen, "307");
  assert.ok(fields.some((line) => line.toLowerCase() === "location: /llm/?a=1"));
});

Deno.test("the feed asks a proxy to keep nothing back and to change nothing", async () => {
  await using shown = await startShown(`token: ${TOKEN}`);
  await using caller = await connectTo(shown.stage.admin.url);
  await caller.send(`GET /api/events HTTP/1.0\r\nHost: localhost\r\n${BEARER}\r\n\r\n`);
  await caller.until("event: now\n");
  shown.stage.admin.close();
  const { lines } = await caller.reply("GET");
  const fields = lines.map((line) => line.toLowerCase());
  assert.deepEqual(fields.filter((line) => /^(?:cache-control|x-accel)/.test(line)), [
    "cache-control: no-cache, no-transform",
    "x-accel-buffering: no",
  ]);
});

Deno.test("cases 14: whoever is turned away is told which address would do", async () => {
  const evil = { lines: ["Host: llm.default.svc.cluster.local:8081"] };
  const foreign = { lines: ["Host: localhost", "Origin: https://example.org"] };
  await using plain = await startShown(`token: ${TOKEN}`);
  for (const sent of [evil, foreign]) {
    const { text } = await answerTo(plain.stage, sent);
    assert.match(text, /write the address that browsers open as admin\.public_url/);
  }
  await using shown = await startShown(BOTH);
  const host = await answerTo(shown.stage, evil);
  assert.ok(host.text.includes(`proxy at ${PUBLIC} has to keep the Host that browsers send`));
  const origin = await answerTo(shown.stage, foreign);
  assert.ok(origin.text.includes(`admin.public_url is ${PUBLIC}: it has to be what browsers open`));
});
