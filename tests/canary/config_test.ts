/** What `check`, a start and a reload say of a configuration that is wrong, with a credential in it. */
import assert from "node:assert/strict";
import { formatProblem } from "../../lib/config/problem.ts";
import { parse } from "../config/parse.ts";
import { canary, secretsOf } from "./canaries.ts";
import { leakLine } from "./logged.ts";
import { leaksIn } from "./leaks.ts";

/**
 * A backend's further keys, or whole sections, with `@` for the credential, where a credential belongs
 * or nearly does.
 */
const MISPLACED: Readonly<Record<string, string>> = {
  "a misspelt key": backend(`apikey: "@"`),
  "a key under a misspelt auth": backend(`auth: injected, api_key: "@"`),
  "a mapping in place of a key": backend(`api_key: { key: "@" }`),
  "a list in a list of keys": backend(`api_key: [["@"]]`),
  "a number beside a key": backend(`api_key: ["@", 5]`),
  "an empty key beside it": backend(`api_key: ["@", ""]`),
  "a header without a name": backend(`headers: { set: { "": "Bearer @" } }`),
  "a list in place of headers": backend(`headers: ["authorization: Bearer @"]`),
  "a proxy that is no URL": backend(`proxy: "user:@ at proxy"`),
  "a proxy of another scheme": backend(`proxy: "ftp://user:@@proxy:1"`),
  "a URL with a password": `backends: [{ name: a, url: "https://user:@@h/v1" }]\n${models()}`,
  "a URL with a key": `backends: [{ name: a, url: "https://h/v1?key=@" }]\n${models()}`,
  "two backends of one name": `backends:
  - { name: a, url: "https://h", api_key: "@" }
  - { name: a, url: "https://h", api_key: "@" }
${models()}`,
  "a caller without a name": backend("", `clients: [{ key: "@" }]`),
  "a caller with an unknown key": backend("", `clients: [{ name: x, key: "@", keys: "@" }]`),
  "a caller's key as a mapping": backend("", `clients: [{ name: x, key: { a: "@" } }]`),
  "a key in place of callers": backend("", `clients: "@"`),
  "two callers with one key": backend(
    "",
    `clients: [{ name: x, key: "@" }, { name: y, key: "@" }]`,
  ),
  "an admin token as a list": backend("", `admin: { listen: "0.0.0.0:1", token: ["@"] }`),
  "a key at the top": backend("", `api_key: "@"`),
  "a key with a duplicate": backend(`api_key: "@", api_key: "@"`),
  "a quote that never ends": backend(`api_key: "@`),
  "a tab in the indentation": `backends:\n\t- { name: a, api_key: "@" }\n${models()}`,
  "an anchor that is not there": backend(`api_key: *@`),
  "a tag that is not there": backend(`api_key: !@ x`),
  "a placeholder that is not set": backend(`api_key: "@\${UNSET}"`),
};

/** The same where none belongs: what is wrong is shown, so that it can be found. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "a key in place of auth": backend(`auth: "@"`),
  "a key in place of a dialect": backend(`dialect: "@"`),
  "a key as a time": backend(`timeouts: { connect_seconds: "@" }`),
  "a key as a number": backend(`max_concurrent: "@"`),
  "a URL that is a key": `backends: [{ name: a, url: "@" }]\n${models()}`,
  "a key in place of a backend": `backends: ["@"]\n${models()}`,
  "a key in place of all backends": `backends: "@"\n${models()}`,
  "a default of a placeholder": backend(`max_concurrent: "\${UNSET:-@}"`),
};

function backend(keys: string, rest = ""): string {
  const all = ["name: a", 'url: "https://h/v1"', keys].filter((each) => each !== "").join(", ");
  return `backends: [{ ${all} }]\n${models()}${rest}\n`;
}

function models(): string {
  return "models: { m: [{ backend: a, model: x }] }\n";
}

/** Of a shape that gives it away, without one, and too long to be shown whole. */
const SHAPES: Readonly<Record<string, string>> = {
  "a known shape": canary("sk-proj-", "shap"),
  "no shape": canary("", "bare"),
  "many characters": ["a", "b", "c"].map((name) => canary("", name)).join(""),
};

for (const [what, template] of Object.entries({ ...MISPLACED, ...ELSEWHERE })) {
  for (const [shape, value] of Object.entries(SHAPES)) {
    // Where no credential belongs, only its shape can tell one.
    if (what in ELSEWHERE && shape !== "a known shape") continue;
    Deno.test(`no problem of a configuration shows a credential: ${what}, ${shape}`, async () => {
      const loaded = await parse(template.replaceAll(/@(?=@)|@(?!h\/|proxy:)/g, value));
      const lines = loaded.ok ? loaded.snapshot.warnings : loaded.problems.map(formatProblem);
      const leaks = leaksIn("a problem", lines.join("\n"), secretsOf([value]));
      assert.deepEqual(leaks.map(leakLine), []);
    });
  }
}
