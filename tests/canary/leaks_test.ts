import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { leaksIn } from "./leaks.ts";

const SECRET = "sk-CANARY/7Qw9+Zx2=Lp5Rt8";

function inHex(pattern: RegExp, spell: (hex: string) => string): string {
  return SECRET.replace(pattern, (character) => {
    return spell(character.charCodeAt(0).toString(16).padStart(2, "0"));
  });
}

const escaped = inHex(/./g, (hex) => `\\u00${hex}`);

const SPELLINGS: Readonly<Record<string, string>> = {
  "as it is": SECRET,
  "as a URL has it": encodeURIComponent(SECRET),
  "percent-encoded in lower case": inHex(/\W/g, (hex) => `%${hex}`),
  "wholly percent-encoded": inHex(/./g, (hex) => `%${hex.toUpperCase()}`),
  "percent-encoded twice": encodeURIComponent(encodeURIComponent(SECRET)),
  "JSON-escaped": escaped,
  "JSON-escaped in part": inHex(/[A-Z]/g, (hex) => `\\u00${hex.toUpperCase()}`),
  "with an escaped slash": SECRET.replace("/", "\\/"),
  "in JSON in a JSON string": JSON.stringify(escaped),
  "percent-encoded in JSON escapes": escaped.replaceAll("\\", "%5C"),
  "Base64": Buffer.from(SECRET).toString("base64"),
  "Base64 behind one byte": Buffer.from(`a${SECRET}b`).toString("base64"),
  "Base64 behind two bytes": Buffer.from(`ab${SECRET}c`).toString("base64"),
  "Base64 for URLs": Buffer.from(`user:${SECRET}`).toString("base64url"),
};

for (const [what, spelling] of Object.entries(SPELLINGS)) {
  Deno.test(`leaksIn() finds a credential ${what}`, () => {
    const leaks = leaksIn("a.log", `before ${spelling} after`, [{ value: SECRET }]);
    assert.deepEqual(leaks.map(({ where, secret }) => [where, secret]), [["a.log", SECRET]]);
  });
}

Deno.test("leaksIn() finds a piece where pieces count", () => {
  const text = SECRET.slice(3, 15);
  assert.equal(leaksIn("a", text, [{ value: SECRET, pieceLength: 12 }]).length, 1);
  assert.equal(leaksIn("a", text, [{ value: SECRET }]).length, 0);
});

Deno.test("leaksIn() takes a mask for no leak", () => {
  const secrets = [{ value: SECRET, pieceLength: 10 }];
  assert.deepEqual(leaksIn("a", "Bearer sk-CA****5Rt8, ****", secrets), []);
});
