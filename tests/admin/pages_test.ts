/** The dashboard in a real browser. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { openBrowser, openPage, type PageOptions, whyNoBrowser } from "./browser.ts";
import { memoryHistory } from "./memory_history.ts";
import { call, past, sceneryConfig, startBackends } from "./scenery.ts";
import { type Stage, type StageOptions, startStage } from "./stage.ts";

const WHY = whyNoBrowser();

interface Visit {
  readonly stage: Stage;
  readonly page: Page;
  readonly faults: readonly string[];
  open(place: string): Promise<void>;
}

/** A test in a browser of its own, on a stage of its own, where nothing that must not happen may. */
function browserTest(
  name: string,
  visit: (visit: Visit) => Promise<void>,
  options: StageOptions & PageOptions & { readonly change?: (yaml: string) => string } = {},
): void {
  Deno.test({
    name: `the dashboard ${name}${WHY}`,
    ignore: WHY !== "",
    // The browser's connection is playwright's, which keeps timers and processes of its own.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const backends = await startBackends();
      const yaml = sceneryConfig(backends);
      const stage = await startStage(options.change?.(yaml) ?? yaml, options);
      const opened = await openBrowser();
      try {
        const { page, faults } = await openPage(opened.browser, stage.admin.url, options);
        page.setDefaultTimeout(15_000);
        const open = async (place: string) => {
          await page.goto(`${stage.admin.url}/#/${place}`);
        };
        await visit({ stage, page, faults, open });
        assert.deepEqual(faults, []);
      } finally {
        await opened[Symbol.asyncDispose]();
        await stage[Symbol.asyncDispose]();
        for (const backend of backends) await backend[Symbol.asyncDispose]();
      }
    },
  });
}

/** Whether any pixel of each canvas has been drawn on. */
async function drawnCanvases(page: Page): Promise<readonly boolean[]> {
  await page.locator("canvas").first().waitFor();
  return await page.evaluate(`[...document.querySelectorAll("canvas")].map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value !== 0);
  })`);
}

browserTest("shows how things stand, with plots", async ({ stage, page }) => {
  await call(stage, "claude-opus");
  await page.getByText("provider-b").first().waitFor();
  assert.deepEqual(await drawnCanvases(page), [true, true]);
  await page.locator(".condition", { hasText: "cooling" }).waitFor();
});

browserTest("clears a cooldown", async ({ stage, page }) => {
  await call(stage, "claude-opus");
  await page.locator(".cooldowns").getByRole("button", { name: "Clear" }).click();
  await page.getByText("Cooldown cleared.").waitFor();
  await page.getByText("Nothing is cooling.").waitFor();
  assert.deepEqual(stage.state.health.cooldowns(), []);
});

browserTest("puts a route out of use, and back", async ({ stage, page }) => {
  const row = page.locator("tr", { hasText: "llama-70b" });
  await row.getByRole("button", { name: "Put out of use" }).click();
  await row.getByText("out of use", { exact: true }).waitFor();
  const place = { backend: { name: "in-house" }, model: "llama-70b" };
  assert.equal(stage.state.health.outOfUse.has(place), true);
  await row.getByRole("button", { name: "Put back" }).click();
  await row.getByText("ready", { exact: true }).waitFor();
  assert.equal(stage.state.health.outOfUse.has(place), false);
});

browserTest("shows a request as it arrives, and opens it", async ({ stage, page, open }) => {
  await open("requests");
  await page.getByText("No request yet.").waitFor();
  await call(stage, "claude-opus");
  const row = page.locator("tr.opens", { hasText: "200" });
  await row.waitFor();
  assert.match(await row.innerText(), /200\s+claude-opus[\s\S]*provider-b claude-x\s*1 fallback/);
  await stage.state.journal.flush();
  await row.click();
  await page.getByText("Timeline").waitFor();
  assert.equal(await page.locator(".waterfall li").count(), 3);
  assert.equal(await page.locator(".attempts li").count(), 2);
  await page.getByText("A quiet river runs past the mill", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Events" }).click();
  assert.equal(await page.locator(".events li").count(), 15);
  await page.locator(".json summary", { hasText: "messages" }).click();
  await page.keyboard.press("Escape");
  await page.locator("tr.opens").waitFor();
});

browserTest("filters by text and status", async ({ stage, page, open }) => {
  await call(stage, "gpt-fast");
  await call(stage, "no-such-model");
  await open("requests");
  await page.locator("tr.opens").nth(1).waitFor();
  await page.getByLabel("Status").selectOption("failed");
  await page.locator("tr.opens").nth(1).waitFor({ state: "detached" });
  assert.match(await page.locator("tr.opens").innerText(), /400/);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.locator("tr.opens").nth(1).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("GPT-X");
  await page.locator("tr.opens").nth(1).waitFor({ state: "detached" });
  assert.match(await page.locator("tr.opens").innerText(), /gpt-fast/);
});

browserTest("holds new requests back while it is paused", async ({ stage, page, open }) => {
  await call(stage, "gpt-fast");
  await open("requests");
  await page.locator("tr.opens").waitFor();
  await page.keyboard.press("p");
  await call(stage, "gpt-fast");
  await page.getByRole("button", { name: "1 new" }).click();
  await page.locator("tr.opens").nth(1).waitFor();
});

browserTest("shows usage as plots, a table and CSV", async ({ page, open }) => {
  await open("usage");
  assert.deepEqual(await drawnCanvases(page), [true, true, true]);
  await page.getByRole("button", { name: "Caller" }).click();
  await page.locator("td", { hasText: "laptop" }).waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  assert.equal((await download).suggestedFilename(), "usage.csv");
}, { history: memoryHistory(past(Date.now())) });

browserTest("shows the configuration and a reload's errors", async ({ stage, page, open }) => {
  await open("configuration");
  await page.getByText("Loaded without an error.").waitFor();
  const problem = { file: "/x/config.yaml", line: 7, column: 3, path: "models", message: "is odd" };
  stage.fail([problem]);
  await page.getByText("config.yaml:7:3").waitFor();
  await page.getByText("saved with errors").waitFor();
});

browserTest("asks for the token, once", async ({ page }) => {
  const field = page.getByLabel("Token");
  await field.fill("wrong-token");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText("not the token").waitFor();
  await field.fill("right-token");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText("Aliases and routes").waitFor();
  await page.reload();
  await page.getByText("Aliases and routes").waitFor();
}, {
  change: (yaml) => yaml.replace("admin: { ", "admin: { token: right-token, "),
});

browserTest("speaks Chinese to who reads it, and switches", async ({ page }) => {
  await page.getByText("别名与路由").waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "zh");
  await page.keyboard.press("l");
  await page.getByText("Aliases and routes").waitFor();
}, { locale: "zh-CN" });

browserTest("works with the keyboard alone", async ({ stage, page }) => {
  await call(stage, "gpt-fast");
  await page.getByText("Aliases and routes").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("2");
  await page.locator("tr.opens").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByText("Timeline").waitFor();
  await page.keyboard.press("t");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
});

for (const width of [360, 1280]) {
  browserTest(`is never wider than a screen of ${width} px`, async ({ stage, page, open }) => {
    await call(stage, "claude-opus");
    await stage.state.journal.flush();
    const { rows } = await (await fetch(`${stage.admin.url}/api/requests`)).json();
    for (const place of ["now", "requests", `requests/${rows[0].id}`, "usage", "configuration"]) {
      await open(place);
      await page.locator(".card").first().waitFor();
      const wide = await page.evaluate("document.documentElement.scrollWidth");
      assert.ok(typeof wide === "number" && wide <= width, `${place} is ${wide} px wide`);
    }
  }, { width, history: memoryHistory(past(Date.now())) });
}
