/** A real browser, where this machine has one. */
import { type Browser, chromium, type Page } from "playwright-core";

const EXECUTABLE = Deno.env.get("LLM_PROXY_CHROMIUM") ?? "/usr/bin/chromium";

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Hosts of examples are this machine.
  "--host-resolver-rules=MAP example.org 127.0.0.1, MAP *.example.org 127.0.0.1",
];

/** Why there is no browser, for a test's name; empty where there is one. */
export function whyNoBrowser(): string {
  try {
    return Deno.statSync(EXECUTABLE).isFile ? "" : ` (skipped: ${EXECUTABLE} is no program)`;
  } catch {
    return ` (skipped: there is no ${EXECUTABLE}; Debian's package is chromium)`;
  }
}

export interface OpenedBrowser extends AsyncDisposable {
  readonly browser: Browser;
}

export async function openBrowser(): Promise<OpenedBrowser> {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}

export interface WatchedPage {
  readonly page: Page;
  /** Whatever must not happen: scripts that ran, dialogs, errors, requests to elsewhere. */
  readonly faults: string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
  readonly locale?: string;
}

/** A page of its own, without cookies or memory, that is watched for what must not happen. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1280, height = 900, theme = "light", locale = "en-GB" }: PageOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale,
    reducedMotion: "reduce",
    // The tests' certificates are nobody's.
    ignoreHTTPSErrors: true,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("dialog", async (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${url}/`)) faults.push(`request: ${request.url()}`);
  });
  await page.exposeFunction("reportViolation", (what: string) => faults.push(`policy: ${what}`));
  await page.addInitScript(
    `addEventListener("securitypolicyviolation", (event) =>
      reportViolation(event.violatedDirective + " " + event.blockedURI));`,
  );
  await page.goto(`${url}/`);
  return { page, faults };
}
