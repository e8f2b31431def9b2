/** The dashboard behind proxies as people write them, without what docs/operations.md says. */
import assert from "node:assert/strict";
import { ask, login, textOf, TOKEN, useDashboard } from "./behind.ts";
import { openBrowser, whyNoBrowser } from "./browser.ts";
import { nginxAround, type ReverseProxy, startReverseProxy, whyNo } from "./reverse_proxies.ts";
import { sceneryConfig, startBackends } from "./scenery.ts";
import { type Stage, startStage } from "./stage.ts";

interface Behind {
  readonly stage: Stage;
  readonly front: ReverseProxy;
  /** Where the dashboard is: without its last slash. */
  readonly url: string;
}

/** Servers of nginx's, ADMIN for the admin port. */
interface Way {
  readonly nginx: string;
  /** Of the dashboard's address. */
  readonly path?: string;
}

/** A test behind nginx; `hasPublicUrl` for whether the configuration says where that is. */
function behind(
  what: string,
  { nginx, path = "", hasPublicUrl = true }: Way & { readonly hasPublicUrl?: boolean },
  use: (behind: Behind) => Promise<void>,
): void {
  const why = whyNo("nginx") || whyNoBrowser();
  Deno.test({
    name: `${what.startsWith("cases") ? "" : "cases 14: "}${what}${why}`,
    ignore: why !== "",
    // The browser's connection is playwright's, which keeps timers and processes of its own.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using stack = new AsyncDisposableStack();
      const backends = await startBackends();
      for (const each of backends) stack.use(each);
      const configured = (publicUrl: string) => {
        const admin = `admin: { token: ${TOKEN}, public_url: "${publicUrl}", `;
        return sceneryConfig(backends).replace("admin: { ", admin);
      };
      const stage = stack.use(await startStage(configured("")));
      const front = stack.use(
        await startReverseProxy("nginx", (scene) => {
          const here = nginx.replaceAll("ADMIN", new URL(stage.admin.url).host);
          const [upstream = "", locations = here] = here.split("---\n");
          const server = `server {
            listen 127.0.0.1:${scene.port} ssl;
            ssl_certificate ${scene.cert};
            ssl_certificate_key ${scene.key};
            ${locations}
          }`;
          return nginxAround(locations === here ? server : upstream + server, scene);
        }),
      );
      const url = `https://example.org:${front.port}${path}`;
      if (hasPublicUrl) await stage.configure(configured(`${url}/`));
      await use({ stage, front, url });
    },
  });
}

const HOST_KEPT = "proxy_set_header Host $host;";
const PORT_KEPT = "proxy_set_header Host $http_host;";

const WAYS: Readonly<Record<string, Way>> = {
  "nginx as it comes": { nginx: "location / { proxy_pass http://ADMIN; }" },
  "an upstream with a name": {
    nginx: "upstream llm_admin { server ADMIN; }\n---\nlocation / { proxy_pass http://llm_admin; }",
  },
  "Host kept, with its port": { nginx: `location / { proxy_pass http://ADMIN; ${PORT_KEPT} }` },
  "HTTP/1.1 and what is said of where it came from": {
    nginx: `location / {
      proxy_pass http://ADMIN; ${HOST_KEPT} proxy_http_version 1.1;
      proxy_set_header X-Forwarded-For 203.0.113.9; proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-Host elsewhere.example;
    }`,
  },
  "a path that is taken off": {
    nginx: "location /llm/ { proxy_pass http://ADMIN/; }",
    path: "/llm",
  },
  "a path that is sent on": { nginx: "location /llm { proxy_pass http://ADMIN; }", path: "/llm" },
  "a path that is taken off without its slash": {
    nginx: `location /llm { proxy_pass http://ADMIN/; ${HOST_KEPT} }`,
    path: "/llm",
  },
  "a path with a name of the port's own": {
    nginx: "location /api/ { proxy_pass http://ADMIN/; }",
    path: "/api",
  },
  "a path of several parts, sent on": {
    nginx: `location /a/b%20c/ { proxy_pass http://ADMIN; ${HOST_KEPT} }`.replace("%20", ""),
    path: "/a/bc",
  },
};

for (const [what, way] of Object.entries(WAYS)) {
  behind(`the dashboard works behind ${what}`, way, async ({ stage, url }) => {
    await using opened = await openBrowser();
    await useDashboard({ browser: opened.browser, stage }, url);
  });
}

const AS_IT_COMES: Way = { nginx: `location / { proxy_pass http://ADMIN; ${HOST_KEPT} }` };

behind("behind nginx each event of the feed comes at once", AS_IT_COMES, async ({ url }) => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const feed = await ask(`${url}/api/events`, { headers });
  assert.equal(feed.headers["cache-control"], "no-cache, no-transform");
  assert.match(String(feed.headers["content-type"]), /^text\/event-stream/);
  const events = feed[Symbol.asyncIterator]();
  // An event a second that the proxy kept back would fill its buffer first.
  assert.match(new TextDecoder().decode((await events.next()).value), /^event: now\n/);
  await events.return?.();
});

behind(
  "a program with the token needs no public_url, and a page no token of its own",
  { ...AS_IT_COMES, hasPublicUrl: false },
  async ({ url }) => {
    const marks = { "content-type": "application/json", "x-llm-proxy": "1" };
    const right = { authorization: `Bearer ${TOKEN}` };
    assert.equal((await ask(`${url}/api/now`, { headers: right })).statusCode, 200);
    const clear = { method: "POST", body: `{"all":true}` };
    const cleared = await ask(`${url}/api/cooldowns/clear`, {
      ...clear,
      headers: { ...marks, ...right },
    });
    assert.equal(cleared.statusCode, 200);
    const wrong = await ask(`${url}/api/now`, { headers: { authorization: "Bearer wrong" } });
    assert.equal(wrong.statusCode, 401);
    const page = await ask(`${url}/`);
    assert.equal(page.statusCode, 403);
    assert.match(await textOf(page), /admin\.public_url/);
  },
);

behind(
  "cases 13: behind nginx wrong tokens that wait keep nobody out",
  AS_IT_COMES,
  async ({ stage, url }) => {
    // Ten may wait for their answer; that the others have theirs says that ten do.
    const answered: number[] = [];
    const { promise: tenWait, resolve } = Promise.withResolvers<void>();
    const guess = async (index: number) => {
      const { statusCode = 0 } = await login(url, `wrong-${index}`);
      if (answered.push(statusCode) === 2) resolve();
    };
    // Those that still wait in the end are cut off.
    const wrong = Array.from({ length: 12 }, (_, index) => guess(index).catch(() => {}));
    await tenWait;
    const right = await login(url, TOKEN);
    assert.equal(right.statusCode, 200);
    assert.ok(answered.length < wrong.length);
    const terms = String(right.headers["set-cookie"]);
    assert.match(terms, /; Path=\/; HttpOnly; SameSite=Strict; .*; Secure$/);
    right.resume();
    await stage.admin.close();
    await Promise.all(wrong);
  },
);
