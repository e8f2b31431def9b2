/** docs/demo.svg, a recording of the demo: what it holds, and that it holds what the demo says today. */
import assert from "node:assert/strict";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { linesOf, picture, record } from "../../docs/recording/demo.ts";
import { svgOf } from "../../docs/recording/svg.ts";
import { show } from "../../docs/recording/terminal.ts";

const COMMITTED = await Deno.readTextFile(new URL("../../docs/demo.svg", import.meta.url));
const MOST_BYTES = 100_000;

interface Text {
  readonly words: string;
  readonly className: string;
  readonly x: number;
  readonly y: number;
}

/** The texts on the screen, as an XML parser finds them, in the file's order. */
function textsOf(svg: string): readonly Text[] {
  const valid = XMLValidator.validate(svg);
  assert.equal(valid, true, JSON.stringify(valid));
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseTagValue: false,
    isArray: (name) => name === "text" || name === "g",
  });
  const [, screen] = parser.parse(svg).svg.g;
  return screen.text.map((each: Readonly<Record<string, string>>) => ({
    words: each["#text"] ?? "",
    className: each.class ?? "",
    x: Number(each.x),
    y: Number(each.y),
  }));
}

function wordsOf(svg: string): string {
  return textsOf(svg).map(({ words }) => words).join(" ");
}

/** Without what was measured, which differs from run to run. */
function unmeasured(words: string): string {
  return words.replace(/first token after \d+ ms/, "first token after - ms")
    .replace(/tokens in \d+\.\d s/, "tokens in - s");
}

/** Nothing of the machine it was recorded on, and nothing that runs or is fetched. */
function assertClean(svg: string): void {
  const told = svg.replaceAll(/<[^>]*>/g, " ");
  const hosts = [...told.matchAll(/:\/\/([^\s\/]+)/g)].map(([, host]) => host);
  assert.deepEqual([...new Set(hosts)], ["127.0.0.1:8080", "127.0.0.1:8081"]);
  assert.doesNotMatch(told, /(?<![:/\w.])\/\w|\b[A-Z]:\\|\b\d\d:\d\d\b|\b\d{4}-\d\d-\d\d/);
  assert.doesNotMatch(told, /\w@\w|@import|@font-face|url\(|\p{Cc}(?<!\n)/u);
  assert.doesNotMatch(svg, /<script|\son\w+=|href/);
  assert.ok(new TextEncoder().encode(svg).length < MOST_BYTES);
}

Deno.test("docs/demo.svg holds the demo's words in order, no script and nothing of a machine", () => {
  assertClean(COMMITTED);
  const order = [
    "llm-proxy demo -once",
    "llm-proxy listening on http://127.0.0.1:8080",
    "Dashboard on http://127.0.0.1:8081",
    "attempt 1 limited (busy-gpt)",
    "429 rate limited",
    "-> next; cools for 30 s",
    "attempt 2",
    "attempt 3",
    "200 OK",
    "Hello from the healthy provider!",
    "Status 200 after 3 attempts",
  ];
  const words = wordsOf(COMMITTED).replaceAll(/\s+/g, " ");
  const places = order.map((each) => words.indexOf(each));
  assert.ok(!places.includes(-1), `${places} in ${words}`);
  assert.deepEqual(places, places.toSorted((a, b) => a - b));
});

Deno.test("docs/demo.svg says what the demo says today (deno task demo:svg records it)", async () => {
  const today = picture(await record());
  assertClean(today);
  assert.equal(unmeasured(wordsOf(COMMITTED)), unmeasured(wordsOf(today)));
  const classes = (svg: string) =>
    textsOf(svg).map((each) => each.className.replace(/^t\d+ ?/, ""));
  assert.deepEqual(classes(COMMITTED), classes(today));
});

Deno.test("docs/demo.svg moves by CSS alone, only for those who have not asked for less motion", () => {
  const [, style = ""] = /<style>(.*)<\/style>/s.exec(COMMITTED) ?? [];
  const [still = "", moving = ""] = style.split("@media (prefers-reduced-motion:no-preference){");
  assert.doesNotMatch(still, /animation|opacity|visibility|display/);
  assert.match(moving, /infinite/);
  const named = new Set(
    textsOf(COMMITTED).flatMap(({ className }) => className.match(/^t\d+/) ?? []),
  );
  assert.ok(named.size > 20, "tokens come one by one");
  for (const name of named) assert.ok(moving.includes(`@keyframes ${name}{`), name);
});

Deno.test("picture() cuts long waits, and names ports and times of day alike in every recording", () => {
  const run = (port: number, time: string, waitMs: number) =>
    picture([
      { text: `on http://127.0.0.1:${port}\nand http://127.0.0.1:${port + 7}\n`, atMs: 40 },
      { text: `at ${time}, http://127.0.0.1:${port}/v1\n`, atMs: 40 + waitMs },
    ]);
  const svg = run(40_123, "23:59:01.123", 60_000);
  assert.equal(svg, run(33_001, "08:00:00", 1500));
  assert.notEqual(svg, run(33_001, "08:00:00", 1400));
  assert.match(wordsOf(svg), /127.0.0.1:8080 and http:\/\/127.0.0.1:8081 at 12:00:00, .*:8080\/v1/);
});

const LOOK = { title: "a < b & c", description: "<d> & \u0000e", columns: 40, restMs: 1000 };

Deno.test("svgOf() escapes what XML would read, wherever it stands", () => {
  const text = `<b class="x">&amp; ]]> 'y' \u{1F600}`;
  const svg = svgOf(show([{ text, atMs: 5 }], 40), LOOK);
  assert.deepEqual(textsOf(svg).map(({ words }) => words), [text]);
  assert.ok(svg.includes("a &lt; b &amp; c"));
  assert.ok(!svg.includes("\u0000"), "a character that XML has not");
});

Deno.test("svgOf() shows a run that wrote nothing", () => {
  assert.equal(XMLValidator.validate(svgOf(show([], 40), LOOK)), true);
});

/** What is shown of one piece of output: `text` or `text [style]`, a run each. */
function shown(...pieces: readonly string[]): readonly string[] {
  const { runs } = show(pieces.map((text, atMs) => ({ text, atMs })), 20);
  return runs.map(({ row, column, text, style: { bold, faint, colour } }) => {
    const marks = [bold ? "bold" : "", faint ? "faint" : "", colour ?? ""].filter((each) => each);
    return `${row}:${column} ${[text, ...marks].join("|")}`;
  });
}

Deno.test("show() turns styles on and off", () => {
  assert.deepEqual(
    shown("a\x1b[1mb\x1b[2;31mc\x1b[22md\x1b[39me\x1b[32mf\x1b[0mg\x1b[33mh\x1b[mi"),
    [
      "0:0 a",
      "0:1 b|bold",
      "0:2 c|bold|faint|red",
      "0:3 d|red",
      "0:4 e",
      "0:5 f|green",
      "0:6 g",
      "0:7 h|yellow",
      "0:8 i",
    ],
  );
});

Deno.test("show() wraps at the last column, as a terminal does, and at no other", () => {
  const twenty = "abcdefghijklmnopqrst";
  assert.deepEqual(shown(twenty + "\nu"), [`0:0 ${twenty}`, "1:0 u"]);
  assert.deepEqual(shown(twenty + "u", "v"), [`0:0 ${twenty}`, "1:0 u", "1:1 v"]);
  assert.deepEqual(shown(twenty + twenty + "u"), [`0:0 ${twenty}`, `1:0 ${twenty}`, "2:0 u"]);
});

const DROPPED: Readonly<Record<string, string>> = {
  "a movement of the cursor": "\x1b[2A",
  "an erased line": "\x1b[2K",
  "a private mode": "\x1b[?25l",
  "a title": "\x1b]0;title\x07",
  "a link": "\x1b]8;;http://a.example\x1b\\",
  "a device's string": "\x1bPq#0\x1b\\",
  "a character set": "\x1b(B",
  "a saved cursor": "\x1b7",
  "a bell": "\x07",
  "a carriage return": "\r",
  "a delete": "\x7f",
  "a colour of a palette": "\x1b[38;5;31m",
  "a colour by its parts": "\x1b[38;2;1;31;32m",
  "a style that it has not": "\x1b[4m",
};

for (const [name, sequence] of Object.entries(DROPPED)) {
  Deno.test(`show() drops ${name}, wherever it is split`, () => {
    for (let at = 0; at <= sequence.length; at++) {
      const runs = shown(`a${sequence.slice(0, at)}`, `${sequence.slice(at)}b`);
      assert.deepEqual(
        runs.join(", ").replace("0:0 ab", "0:0 a, 0:1 b"),
        "0:0 a, 0:1 b",
        `at ${at}`,
      );
    }
  });
}

Deno.test("show() gives each piece its time, and where the cursor was left", () => {
  const { runs, cursors } = show([{ text: "  a", atMs: 3 }, { text: "b\n", atMs: 9 }], 20);
  assert.deepEqual(runs.map(({ atMs }) => atMs), [3, 9]);
  assert.deepEqual(cursors, [{ row: 0, column: 3, atMs: 3 }, { row: 1, column: 0, atMs: 9 }]);
  assert.deepEqual(linesOf({ runs, cursors }), ["  ab", ""]);
});
