/** What can be told of the dashboard without a browser. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildUi } from "../../lib/admin/ui/build.ts";
import { LANGUAGES, textIn, type Word, WORDS } from "../../lib/admin/ui/words.ts";

const UI = new URL("../../lib/admin/ui/", import.meta.url);
const DIST = new URL("../../lib/admin/dist/", import.meta.url);

const SOURCES = [...Deno.readDirSync(UI)].filter(({ isFile }) => isFile).map(({ name }) => {
  return { name, text: Deno.readTextFileSync(new URL(name, UI)) };
});

const WORD_LIST = Object.keys(WORDS) as Word[];

for (const language of LANGUAGES) {
  Deno.test(`WORDS has every text in ${language}`, () => {
    const missing = WORD_LIST.filter((word) => textIn(language, word).trim() === "");
    assert.deepEqual(missing, []);
  });
}

Deno.test("WORDS has the same places to fill in in every language", () => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
  for (const word of WORD_LIST) {
    const [english, ...others] = WORDS[word].map(places);
    for (const other of others) assert.deepEqual(other, english, word);
  }
});

Deno.test("WORDS has no text that no page uses", () => {
  const code = SOURCES.filter(({ name }) => name !== "words.ts").map(({ text }) => text).join("\n");
  const made = ["scope_", "log_"];
  const unused = WORD_LIST.filter((word) =>
    !new RegExp(`\\b${word}\\b`).test(code) && !made.some((start) => word.startsWith(start)) &&
    !(word.endsWith("Help") && code.includes("${condition}Help"))
  );
  assert.deepEqual(unused, []);
});

Deno.test("textIn() fills in values and leaves what has none", () => {
  assert.equal(textIn("en", "minutesAgo", { n: 5 }), "5 min ago");
  assert.equal(textIn("zh", "minutesAgo", { n: 5 }), "5 分钟前");
  assert.equal(textIn("en", "minutesAgo"), "{n} min ago");
  assert.equal(textIn("en", "failedCall", { why: "{n} $&" }), "That did not work: {n} $&");
});

Deno.test("nothing in the dashboard makes markup of a text", () => {
  const markup =
    /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|javascript:|DOMParser|createContextualFragment/;
  const faults = SOURCES.filter(({ text }) => markup.test(text)).map(({ name }) => name);
  assert.deepEqual(faults, []);
});

Deno.test("the page has no inline script, no style attribute and no address but its own", () => {
  const html = Deno.readTextFileSync(new URL("index.html", DIST));
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/);
  assert.doesNotMatch(html, /\sstyle=|\son\w+=|https?:/);
  assert.doesNotMatch(Deno.readTextFileSync(new URL("app.css", DIST)), /url\(|@import/);
});

Deno.test("the page's code imports from the rest of the program only what is pure", () => {
  const outside = SOURCES.flatMap(({ name, text }) => {
    const imports = text.matchAll(/^import (?!type )[^;]*?from "(?<target>\.\.\/[^"]+)"/gm);
    return [...imports].map(({ groups }) => `${name} imports ${groups?.target}`);
  });
  assert.deepEqual(outside.sort(), [
    "request_list.ts imports ../request_match.ts",
    "status.tsx imports ../request_match.ts",
  ]);
});

Deno.test("deno task ui gives the files that are committed, byte for byte", async (test) => {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-ui-" });
  try {
    await buildUi(pathToFileURL(`${directory}/`));
  } catch (cause) {
    await Deno.remove(directory, { recursive: true });
    // The bundler is a package of its own that has to be fetched the first time.
    const why = `skipped: nothing can be bundled here (${cause})`;
    await test.step({ name: why, ignore: true, fn: () => {} });
    return;
  }
  for (const name of ["app.js", "app.css", "index.html", "icon.svg"]) {
    const [made, committed] = await Promise.all([
      Deno.readTextFile(join(directory, name)),
      Deno.readTextFile(new URL(name, DIST)),
    ]);
    assert.ok(made === committed, `${name} is not what the sources give: run deno task ui`);
  }
  await Deno.remove(directory, { recursive: true });
});
