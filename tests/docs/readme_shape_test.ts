/** README.md and README.zh-CN.md: short, with the same examples, and no example from elsewhere. */
import assert from "node:assert/strict";
import { type Page, readPage } from "./page.ts";
import { rowsUnder } from "./tables.ts";

const ENGLISH = readPage("README.md");
const CHINESE = readPage("README.zh-CN.md");

/** Without its comments, which are in the page's language. */
function examplesOf({ fences }: Page): readonly string[] {
  return fences.map(({ language, text }) => `${language}\n${text.replaceAll(/ +# .*$/gm, "")}`);
}

/** What a reader would type or write into a file. */
function linesOf({ spans }: Page): readonly string[] {
  return spans.filter((span) => /[ =]/.test(span) && !/[\p{Script=Han}]/u.test(span)).toSorted();
}

Deno.test("README.md has fewer than 900 words, tables and all", () => {
  const words = ENGLISH.prose.replaceAll(/\]\([^)]*\)/g, "]").match(/\p{L}[\p{L}\p{N}'’-]*/gu) ??
    [];
  assert.ok(words.length < 900, `it has ${words.length}`);
});

Deno.test("README.zh-CN.md is as short", () => {
  const signs = CHINESE.prose.match(/\p{Script=Han}/gu) ?? [];
  assert.ok(signs.length < 1500, `it has ${signs.length}`);
});

Deno.test("both have the same configuration, commands and output", () => {
  assert.deepEqual(examplesOf(CHINESE), examplesOf(ENGLISH));
});

Deno.test("both have the same lines for each way to install and each client", () => {
  const typed = (page: Page) => linesOf(page).filter((line) => !line.startsWith("auth: "));
  assert.deepEqual(typed(CHINESE), typed(ENGLISH));
  assert.equal(rowsUnder(CHINESE, "客户端怎么填").length, rowsUnder(ENGLISH, "Clients").length);
  assert.equal(rowsUnder(CHINESE, "和别家比").length, rowsUnder(ENGLISH, "Beside others").length);
});

Deno.test("there is one configuration, and every address on the page is its own or the dashboard's", () => {
  assert.equal(ENGLISH.fences.filter(({ language }) => language === "yaml").length, 1);
  const all = ENGLISH.prose + ENGLISH.fences.map(({ text }) => text).join("\n");
  const hosts = [...all.matchAll(/https?:\/\/([\w.:-]+)/g)].map(([, host]) => host);
  assert.deepEqual([...new Set(hosts)].toSorted(), [
    "127.0.0.1:8080",
    "127.0.0.1:8081",
    "api.first.example",
    "api.second.example",
    "github.com",
  ]);
});
