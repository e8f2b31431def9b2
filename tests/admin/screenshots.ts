/** `deno task screenshots`: every page, at desk and phone width, in both themes, to dist/screenshots/. */
import { openBrowser, openPage, whyNoBrowser } from "./browser.ts";
import { memoryHistory } from "./memory_history.ts";
import { call, past, sceneryConfig, startBackends, traffic } from "./scenery.ts";
import { startStage } from "./stage.ts";

const TARGET = new URL("../../dist/screenshots/", import.meta.url);
const WIDTHS = [1280, 390] as const;
const THEMES = ["light", "dark"] as const;

async function main(): Promise<void> {
  const why = whyNoBrowser();
  // deno-lint-ignore no-console -- a task's result goes to stdout
  if (why !== "") return console.log(`No screenshots${why}`);
  await Deno.mkdir(TARGET, { recursive: true });
  const backends = await startBackends();
  await using stage = await startStage(sceneryConfig(backends), {
    history: memoryHistory(past(Date.now() - 15 * 60_000)),
    behindSeconds: 15 * 60,
  });
  await traffic(stage);
  await call(stage, "claude-opus", { stream: true });
  const { rows } = await (await fetch(`${stage.admin.url}/api/requests?alias=claude-opus`)).json();
  const places = {
    now: "now",
    requests: "requests",
    request: `requests/${rows[0].id}`,
    usage: "usage",
    configuration: "configuration",
  };
  await using opened = await openBrowser();
  for (const width of WIDTHS) {
    for (const theme of THEMES) {
      const size = { width, height: width === 390 ? 844 : 900 };
      const { page } = await openPage(opened.browser, stage.admin.url, { ...size, theme });
      for (const [name, place] of Object.entries(places)) {
        await page.goto(`${stage.admin.url}/#/${place}`);
        await page.locator(".card").first().waitFor();
        await page.waitForTimeout(700);
        const path = new URL(`${name}-${width}-${theme}.png`, TARGET).pathname;
        await page.screenshot({ path, fullPage: true });
      }
      await page.context().close();
    }
  }
  for (const backend of backends) await backend[Symbol.asyncDispose]();
}

await main();
