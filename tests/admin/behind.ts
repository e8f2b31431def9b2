/** The dashboard and the API as whoever is in front of a reverse proxy has them. */
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { Browser } from "playwright-core";
import { openPage } from "./browser.ts";
import { call } from "./scenery.ts";
import type { Stage } from "./stage.ts";

export const TOKEN = "a-token-of-some-length";

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request over TLS to a host whose address is this machine's. */
export async function ask(
  url: string,
  { method = "GET", headers = {}, body }: Asked = {},
): Promise<IncomingMessage> {
  const { hostname, host, port, pathname, search } = new URL(url);
  const sent = request({
    host: "127.0.0.1",
    port,
    servername: hostname,
    rejectUnauthorized: false,
    agent: false,
    method,
    path: pathname + search,
    headers: {
      host,
      ...headers,
      ...body !== undefined && { "content-length": String(body.length) },
    },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on("response", resolve);
    sent.on("error", reject);
  });
  sent.end(body);
  return await answered;
}

export async function textOf(answer: IncomingMessage): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of answer) pieces.push(piece);
  return await new Blob(pieces as BlobPart[]).text();
}

/** Logs in as the page does. */
export async function login(url: string, token: string): Promise<IncomingMessage> {
  const headers = {
    "content-type": "application/json",
    "x-llm-proxy": "1",
    "origin": new URL(url).origin,
    "sec-fetch-site": "same-origin",
  };
  return await ask(`${url}/api/login`, {
    method: "POST",
    headers,
    body: JSON.stringify({ token }),
  });
}

/**
 * Opens the dashboard (`url` without its last slash), logs in, sees a request as it comes, reloads every
 * page, and opens it without the slash, where it is below a path.
 */
export async function useDashboard(
  { browser, stage }: { readonly browser: Browser; readonly stage: Stage },
  url: string,
): Promise<void> {
  const { page, faults } = await openPage(browser, url);
  page.setDefaultTimeout(15_000);
  const live = page.locator(".connection", { hasText: "live" });
  await page.getByLabel("Token").fill(TOKEN);
  await page.getByRole("button", { name: "Open" }).click();
  await live.waitFor();
  await page.goto(`${url}/#/requests`);
  const rows = page.locator("tr.opens");
  await page.getByLabel("Status").waitFor();
  const before = await rows.count();
  await call(stage, "gpt-fast");
  await rows.nth(before).waitFor();
  await stage.state.journal.flush();
  for (const place of ["requests", "usage", "configuration", "now"]) {
    await page.goto(`${url}/#/${place}`);
    await page.reload();
    await live.waitFor();
    await page.locator("main > *").first().waitFor();
  }
  const loaded = await page.evaluate(`document.querySelector(".brand img").naturalWidth > 0`);
  assert.equal(loaded, true, "the icon has not come");
  if (new URL(url).pathname !== "/") {
    await page.goto(url);
    await live.waitFor();
  }
  assert.deepEqual(faults.filter((fault) => fault !== `request: ${url}`), []);
  await page.context().close();
}
