/** The configurations of nginx and Caddy that docs/operations.md gives, in the real programs. */
import assert from "node:assert/strict";
import { ask, textOf, TOKEN, useDashboard } from "../admin/behind.ts";
import { openBrowser, whyNoBrowser } from "../admin/browser.ts";
import {
  caddyAround,
  nginxAround,
  type ProxyName,
  type ProxyScene,
  type ReverseProxy,
  startReverseProxy,
  whyNo,
} from "../admin/reverse_proxies.ts";
import { sceneryConfig, startBackends } from "../admin/scenery.ts";
import { type Stage, startStage } from "../admin/stage.ts";
import { snapshotOf as parsed } from "../config/parse.ts";
import { chunk, CONTENT, DONE, type Peer, reply, startPeer, STREAM_HEAD } from "../peer.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
const [, SECTION = ""] = /^## Behind nginx or Caddy\n(.*?)^## /ms.exec(PAGE) ?? [];

/** All that the page has in that language. */
function examples(language: string): string {
  const blocks = [...SECTION.matchAll(/^```(\w+)\n(.*?)^```/gms)];
  return blocks.filter(([, name]) => name === language).map(([, , text]) => text).join("\n");
}

/** As on the page, but for what belongs to the machine: ports and files. */
function configurationOf(name: ProxyName, { url, admin }: Pick<Stage, "url" | "admin">) {
  const here = examples(name === "nginx" ? "nginx" : "caddyfile")
    .replaceAll("127.0.0.1:8080", new URL(url).host)
    .replaceAll("127.0.0.1:8081", new URL(admin.url).host);
  return (scene: ProxyScene) => {
    if (name === "caddy") return caddyAround(here, scene);
    const placed = here.replaceAll("listen 443 ssl", `listen 127.0.0.1:${scene.port} ssl`)
      .replaceAll("/etc/ssl/example.org.pem", scene.cert)
      .replaceAll("/etc/ssl/example.org.key", scene.key);
    return nginxAround(placed, scene);
  };
}

/** The API as the page has it: with `clients`, and a backend to look at what arrives. */
const moreOf = ({ url }: Peer) =>
  `  - { name: echo, url: "${url}" }
clients: [{ name: laptop, key: "sk-caller-abcdefghijklmn" }]
models:
  echo: [{ backend: echo, model: e }]`;

interface Scene {
  readonly stage: Stage;
  readonly front: ReverseProxy;
  readonly backend: Peer;
  /** Puts the page's configuration in force, with the dashboard there. */
  show(publicUrl: string): Promise<void>;
}

/** A test behind the proxy, with the page's own configuration of ours. */
function behind(name: ProxyName, what: string, use: (scene: Scene) => Promise<void>): void {
  const why = whyNo(name) || whyNoBrowser();
  Deno.test({
    name: `docs/operations.md: behind ${name} ${what}${why}`,
    ignore: why !== "",
    // The browser's connection is playwright's, which keeps timers and processes of its own.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using stack = new AsyncDisposableStack();
      const backends = await startBackends();
      for (const each of backends) stack.use(each);
      const backend = stack.use(await startEchoing());
      const configured = (publicUrl: string) => {
        const admin = `admin: { token: ${TOKEN}, public_url: "${publicUrl}", `;
        return sceneryConfig(backends).replace("admin: { ", admin).replace(
          "models:",
          moreOf(backend),
        );
      };
      const stage = stack.use(await startStage(configured("")));
      const front = stack.use(await startReverseProxy(name, configurationOf(name, stage)));
      await use({ stage, front, backend, show: (url) => stage.configure(configured(url)) });
    },
  });
}

/** Answers with the size of what it got; streams an event, and the rest once `/go` is asked for. */
async function startEchoing(): Promise<Peer> {
  const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>();
  return await startPeer(async ({ request, write }) => {
    if (request.target.endsWith("/go")) goOn();
    if (!new TextDecoder().decode(request.body.slice(0, 100)).includes(`"stream":true`)) {
      const content = String(request.body.length);
      return write(reply(200, JSON.stringify({ choices: [{ message: { content } }] })));
    }
    await write(STREAM_HEAD + chunk(CONTENT));
    await mayGoOn;
    await write(chunk(DONE) + chunk(""));
  });
}

const HEADERS = {
  "content-type": "application/json",
  "authorization": "Bearer sk-caller-abcdefghijklmn",
};

for (const name of ["nginx", "caddy"] as const) {
  behind(name, "the API streams event by event, and takes 10 MB", async ({ front, backend }) => {
    const api = `https://api.example.org:${front.port}`;
    const path = `${api}/v1/chat/completions`;
    const streamed = await ask(path, {
      method: "POST",
      headers: HEADERS,
      body: `{"model":"echo","stream":true,"messages":[]}`,
    });
    const events = streamed[Symbol.asyncIterator]();
    const first = new TextDecoder().decode((await events.next()).value);
    assert.equal(first, CONTENT);
    await (await fetch(`${backend.url}/go`)).body?.cancel();
    const second = new TextDecoder().decode((await events.next()).value);
    assert.equal(second, DONE);
    assert.equal((await events.next()).done, true);

    const content = "x".repeat(10_000_000);
    const body = JSON.stringify({ model: "echo", messages: [{ role: "user", content }] });
    const whole = await ask(path, { method: "POST", headers: HEADERS, body });
    assert.equal(whole.statusCode, 200);
    const said = JSON.parse(await textOf(whole)).choices[0].message.content;
    assert.equal(Number(said), body.length - "echo".length + "e".length);
    const sent = backend.requests.at(-1)?.headers.map(([name]) => name.toLowerCase()) ?? [];
    assert.deepEqual(sent.filter((name) => name.startsWith("x-forwarded")), []);
  });

  behind(name, "a header of 9 KB reaches the backend", async ({ front, backend }) => {
    const long = "x".repeat(9_000);
    const answer = await ask(`https://api.example.org:${front.port}/v1/chat/completions`, {
      method: "POST",
      headers: { ...HEADERS, "x-long": long },
      body: `{"model":"echo","messages":[{"role":"user","content":"hi"}]}`,
    });
    assert.equal(answer.statusCode, 200);
    await textOf(answer);
    const sent = backend.requests.at(-1)?.headers ?? [];
    assert.equal(sent.find(([field]) => field.toLowerCase() === "x-long")?.[1], long);
  });

  behind(name, "the dashboard works at a host of its own", async ({ stage, front, show }) => {
    const url = `https://llm.example.org:${front.port}`;
    await show(`${url}/`);
    await using opened = await openBrowser();
    await useDashboard({ browser: opened.browser, stage }, url);
  });

  behind(name, "the dashboard works on a path", async ({ stage, front, show }) => {
    const url = `https://example.org:${front.port}/llm`;
    await show(`${url}/`);
    await using opened = await openBrowser();
    await useDashboard({ browser: opened.browser, stage }, url);
  });
}

Deno.test("docs/operations.md: what it says of our own configuration behind a proxy loads", async () => {
  const backends = `backends: [{ name: a, url: "https://a.example/v1" }]\n`;
  const models = "models: { m: [{ backend: a, model: x }] }\n";
  const env = { LAPTOP_KEY: "a-key-of-some-length", ADMIN_TOKEN: TOKEN };
  const snapshot = await parsed(backends + models + examples("yaml"), { env });
  assert.equal(snapshot.admin.publicUrl?.origin, "https://llm.example.org");
});
