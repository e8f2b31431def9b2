import assert from "node:assert/strict";
import { parseBaseUrl } from "../../lib/config/base_url.ts";

function read(text: string) {
  const parsed = parseBaseUrl(text);
  return parsed.ok ? `${parsed.value.origin} ${parsed.value.basePath}` : parsed.reason;
}

Deno.test("parseBaseUrl() splits a URL into origin and base path", () => {
  assert.equal(read("https://api.example.com/v1"), "https://api.example.com /v1");
  assert.equal(read("http://127.0.0.1:9000/a/b"), "http://127.0.0.1:9000 /a/b");
  assert.equal(read("HTTPS://Api.Example.com:443/V1"), "https://api.example.com /V1");
  assert.equal(read("http://[::1]:9000"), "http://[::1]:9000 ");
});

Deno.test("parseBaseUrl() takes a trailing slash for nothing", () => {
  assert.equal(read("https://h/v1/"), "https://h /v1");
  assert.equal(read("https://h/"), "https://h ");
});

Deno.test("parseBaseUrl() refuses query, fragment and user information, even empty ones", () => {
  assert.match(read("https://h/v1?key=1"), /no query/);
  assert.match(read("https://h/v1?"), /no query/);
  assert.match(read("https://h/v1#x"), /no fragment/);
  assert.match(read("https://h/v1#"), /no fragment/);
  assert.match(read("https://user:secret@h/v1"), /no user name/);
  assert.match(read("https://@h/v1"), /no user name/);
  assert.doesNotMatch(read("https://user:secret@h/v1"), /secret/);
});

Deno.test("parseBaseUrl() refuses what is no absolute http(s) URL", () => {
  const texts = ["", "h/v1", "//h", "ftp://h", "https:/h", "https:///v1", "https://", "http://h:x"];
  for (const text of [...texts, " https://h", "https://h/a b", "https:\\\\h", "https://h\n"]) {
    assert.match(read(text), /full http:\/\//, text);
  }
});
