/** A header whose name is mistyped shows its value, a credential, in `check`, the general log and /api. */
import assert from "node:assert/strict";
import { MODELS, problemsOf } from "./parse.ts";

const SECRET = "Zx9qW7vT3kLm5pRs";

const MISTYPED = [
  `{ "X-Vendor-Token:": "${SECRET}" }`,
  `{ "X Vendor Token": "${SECRET}" }`,
  `{ "Authorization ": "${SECRET}" }`,
  `"X-Vendor-Token ${SECRET}"`,
];

for (const set of MISTYPED) {
  Deno.test(`parseConfig() does not show the value of headers.set: ${set}`, async () => {
    const text = `backends:\n  - {name: a, url: "https://a", headers: {set: ${set}}}\n${MODELS}`;
    assert.doesNotMatch((await problemsOf(text)).join("\n"), new RegExp(SECRET));
  });
}

const ELSEWHERE = [
  `"X-Vendor-Token: ${SECRET}": `,
  `X-Vendor-Token ${SECRET}: x`,
  `X-Vendor-Token=${SECRET}: x`,
];

for (const name of ELSEWHERE) {
  Deno.test(`parseConfig() does not show a value that became a header's name: ${name}`, async () => {
    const headers = `    headers:\n      set:\n        ${name}\n`;
    const text = `backends:\n  - name: a\n    url: "https://a"\n${headers}${MODELS}`;
    const problems = (await problemsOf(text)).join("\n");
    assert.doesNotMatch(problems, new RegExp(SECRET));
    assert.match(problems, /headers\.set/);
  });
}

const NUMBERS = "0x4242424242424242";

for (
  const text of [
    `backends: [{ name: a, url: "https://a", api_key: ${NUMBERS} }]\n${MODELS}`,
    `backends: [{ name: a, url: "https://a" }]\nadmin: { token: ${NUMBERS} }\n${MODELS}`,
    `backends: [{ name: a, url: "https://a" }]\nclients: [{ name: x, key: ${NUMBERS} }]\n${MODELS}`,
    `backends: [{ name: a, url: "https://a" }]\nadmin: { token: [${NUMBERS}] }\n${MODELS}`,
    `backends: [{ name: a, url: "https://a", max_concurrent: "\${A:-${NUMBERS}}" }]\n${MODELS}`,
  ]
) {
  Deno.test(`parseConfig() shows no number that is a credential: ${text.split("\n")[1]}`, async () => {
    assert.doesNotMatch((await problemsOf(text)).join("\n"), new RegExp(NUMBERS));
  });
}
