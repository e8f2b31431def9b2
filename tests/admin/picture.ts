/** `deno task picture`: writes docs/dashboard.png, the dashboard of a proxy that has just served requests. */
import { openBrowser, openPage, whyNoBrowser } from "./browser.ts";
import { memoryHistory } from "./memory_history.ts";
import { past, sceneryConfig, startBackends, traffic } from "./scenery.ts";
import { startStage } from "./stage.ts";

const TARGET = new URL("../../docs/dashboard.png", import.meta.url);

async function main(): Promise<void> {
  const why = whyNoBrowser();
  // deno-lint-ignore no-console -- a task's result goes to stdout
  if (why !== "") return console.log(`No picture${why}`);
  const backends = await startBackends();
  await using stage = await startStage(sceneryConfig(backends), {
    history: memoryHistory(past(Date.now() - 15 * 60_000)),
    behindSeconds: 15 * 60,
  });
  await traffic(stage);
  await using opened = await openBrowser();
  const size = { width: 1180, height: 760 };
  const { page } = await openPage(opened.browser, stage.admin.url, { ...size, theme: "light" });
  await page.goto(`${stage.admin.url}/#/now`);
  await page.locator(".card").first().waitFor();
  await page.waitForTimeout(700);
  await page.screenshot({ path: TARGET.pathname });
  await page.context().close();
  for (const backend of backends) await backend[Symbol.asyncDispose]();
}

await main();
