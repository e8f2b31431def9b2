import assert from "node:assert/strict";
import { parsePublicUrl } from "../../lib/config/public_url.ts";
import { MINIMAL, problemOf, snapshotOf } from "./parse.ts";

function read(text: string): string {
  const parsed = parsePublicUrl(text);
  if (!parsed.ok) return parsed.reason;
  const { origin, hostname, path } = parsed.value;
  return `${origin} ${hostname} ${path}`;
}

const WANTED = /^must be the full address that browsers open/;

Deno.test("parsePublicUrl() gives origin, host and path as a browser has them", () => {
  assert.equal(read("https://example.org"), "https://example.org example.org /");
  assert.equal(read("https://example.org/llm"), "https://example.org example.org /llm/");
  assert.equal(read("https://example.org/llm/"), "https://example.org example.org /llm/");
  assert.equal(read("HTTPS://Example.ORG:443/A//"), "must have no // and no ; in its path");
  assert.equal(read("HTTPS://Example.ORG:443/A"), "https://example.org example.org /A/");
  assert.equal(read("http://[::1]:9000/a/b"), "http://[::1]:9000 ::1 /a/b/");
  assert.equal(
    read("https://bücher.example/ü"),
    "https://xn--bcher-kva.example xn--bcher-kva.example /%C3%BC/",
  );
});

Deno.test("parsePublicUrl() refuses what is no address of a page", () => {
  for (
    const text of ["example.org", "example.org/llm", "/llm/", "ftp://h", "https://", "https://a b"]
  ) {
    assert.match(read(text), WANTED, text);
  }
  assert.match(read("https://h/?a=1"), /without a query/);
  assert.match(read("https://h/#/now"), /before the #/);
  assert.match(read("https://user:secret@h/"), /user name/);
  assert.doesNotMatch(read("https://user:secret@h/"), /secret/);
  assert.match(read("https://h/a;b"), /no ;/);
});

Deno.test("parseConfig() reads admin.public_url, where there is one", async () => {
  const shown = await snapshotOf(`${MINIMAL}admin: { token: abc, public_url: "https://h/llm" }\n`);
  assert.deepEqual(shown.admin.publicUrl, { origin: "https://h", hostname: "h", path: "/llm/" });
  assert.deepEqual(shown.warnings, []);
  const none = await snapshotOf(`${MINIMAL}admin: { public_url: "" }\n`);
  assert.equal(none.admin.publicUrl, undefined);
  assert.deepEqual(none.warnings, []);
});

Deno.test("parseConfig() warns of a public_url without a token", async () => {
  const { warnings } = await snapshotOf(`${MINIMAL}admin: { public_url: "https://h/" }\n`);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] ?? "",
    /admin\.public_url: stands without admin\.token: .* set a token$/,
  );
});

Deno.test("parseConfig() says what a public_url must be", async () => {
  assert.match(
    await problemOf(`${MINIMAL}admin: { token: abc, public_url: "example.org" }\n`),
    /admin\.public_url: must be the full address that browsers open, such as https:\/\/example\.org\/llm\//,
  );
});
