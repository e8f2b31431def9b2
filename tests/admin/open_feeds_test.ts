/** How many streams of events real pages keep open. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { openBrowser, openPage, whyNoBrowser } from "./browser.ts";
import { startFeedCounter } from "./open_feeds.ts";
import { call, sceneryConfig, startBackends } from "./scenery.ts";
import { startStage } from "./stage.ts";

const WHY = whyNoBrowser();

/** As if another tab were in front of it: a page without a window is always seen. */
async function show(page: Page, state: "hidden" | "visible"): Promise<void> {
  await page.evaluate(`(() => {
    Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  })()`);
}

async function isLive(page: Page): Promise<void> {
  await page.locator(".connection", { hasText: "live" }).waitFor();
}

Deno.test({
  name: `the list of requests has what came while its page was hidden${WHY}`,
  ignore: WHY !== "",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using stack = new AsyncDisposableStack();
    const backends = await startBackends();
    for (const backend of backends) stack.use(backend);
    const stage = stack.use(await startStage(sceneryConfig(backends)));
    const { browser } = stack.use(await openBrowser());
    const { page } = await openPage(browser, stage.admin.url);
    page.setDefaultTimeout(15_000);
    await page.goto(`${stage.admin.url}/#/requests`);
    await isLive(page);
    await call(stage, "gpt-fast");
    const rows = page.locator("tr.opens");
    await rows.waitFor();
    await show(page, "hidden");
    await call(stage, "gpt-fast");
    await call(stage, "gpt-fast");
    await stage.state.journal.flush();
    // Whoever looks elsewhere would take what has changed, as another page does.
    const feed = await fetch(`${stage.admin.url}/api/events`);
    const events = feed.body?.getReader();
    for (let event = 0; event < 3; event++) await events?.read();
    await events?.cancel();
    assert.equal(await rows.count(), 1);
    await show(page, "visible");
    await rows.nth(2).waitFor();
  },
});

Deno.test({
  name: `cases 13: each page of the dashboard keeps one stream open, while it is seen${WHY}`,
  ignore: WHY !== "",
  // The browser's connection is playwright's, which keeps timers and processes of its own.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using stack = new AsyncDisposableStack();
    const backends = await startBackends();
    for (const backend of backends) stack.use(backend);
    const stage = stack.use(await startStage(sceneryConfig(backends)));
    const feeds = stack.use(await startFeedCounter(Number(new URL(stage.admin.url).port)));
    const { browser } = stack.use(await openBrowser());
    const opened = [];
    for (let count = 1; count <= 3; count++) {
      const { page, faults } = await openPage(browser, feeds.url);
      await isLive(page);
      opened.push({ page, faults });
      assert.deepEqual([feeds.open, feeds.opened], [count, count]);
    }
    const [first, second] = opened.map(({ page }) => page);
    assert.ok(first !== undefined && second !== undefined);
    await show(first, "hidden");
    await feeds.reach(2);
    await show(first, "visible");
    await isLive(first);
    assert.deepEqual([feeds.open, feeds.opened], [3, 4]);
    for (const place of ["requests", "usage", "configuration", "now"]) {
      await first.goto(`${feeds.url}/#/${place}`);
      await first.locator("main > *").first().waitFor();
    }
    assert.deepEqual([feeds.open, feeds.opened], [3, 4]);
    await first.reload();
    await isLive(first);
    await feeds.reach(3);
    await second.goto("about:blank");
    await feeds.reach(2);
    await first.close();
    await feeds.reach(1);
    assert.equal(feeds.opened, 5);
    const [, ...others] = opened;
    for (const { faults } of others) {
      assert.deepEqual(faults.filter((fault) => !fault.startsWith("request: about:")), []);
    }
  },
});
