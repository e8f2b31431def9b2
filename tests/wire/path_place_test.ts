import assert from "node:assert/strict";
import { pathPlaceIn } from "../../lib/wire/path_place.ts";

/** What a path names, `unclear`, or nothing. */
function named(path: string): string | undefined {
  const place = pathPlaceIn(path, []);
  return place === undefined ? undefined : place.name ?? "unclear";
}

Deno.test("pathPlaceIn() finds Gemini's model, in every version and on Vertex AI", () => {
  const vertex = "/v1/projects/p/locations/l/publishers/google/models";
  const cases = [
    ["/v1beta/models/chat:generateContent", "chat"],
    ["/v1alpha/models/chat:anyMethod", "chat"],
    ["/v1/models/chat:streamGenerateContent", "chat"],
    [`${vertex}/chat:generateContent`, "chat"],
    ["/v1beta/models/org/chat:embedContent", "org/chat"],
    ["/v1beta/models/org%2Fchat:embedContent", "org/chat"],
    ["/v1/models/ft:gpt-4o:acme::x", undefined],
    ["/v1beta/models/chat", undefined],
    ["/v1beta/openai/chat/completions", undefined],
  ] as const;
  for (const [path, expected] of cases) assert.equal(named(path), expected, path);
});

Deno.test("pathPlaceIn() finds Azure's deployment, under any prefix", () => {
  const cases = [
    ["/openai/deployments/chat/chat/completions", "chat"],
    ["/openai/deployments/chat/audio/transcriptions", "chat"],
    ["/openai/deployments/chat/images/edits", "chat"],
    ["/openai/deployments/chat", "chat"],
    ["/openai/deployments/chat/anything/else", "chat"],
    ["/deployments/chat/embeddings", "chat"],
    ["/gateway/openai/deployments/chat/completions", "chat"],
    ["/OpenAI/Deployments/chat/Chat/Completions", "chat"],
    ["/openai/deployments/org/chat/chat/completions", "org/chat"],
    ["/openai/deployments/org%2Fchat/anything", "org/chat"],
    ["/openai/deployments/a/deployments/b/embeddings", "a/deployments/b"],
    ["/openai/v1/chat/completions", undefined],
    ["/openai/responses", undefined],
    ["/v1/deployments/owner/name/predictions", undefined],
  ] as const;
  for (const [path, expected] of cases) assert.equal(named(path), expected, path);
});

Deno.test("pathPlaceIn() gives no name where the path leads elsewhere once it is resolved", () => {
  const paths = [
    "/v1beta/models/chat/../secret:generateContent",
    "/v1beta/models/chat%2F..%2Fsecret:generateContent",
    "/v1beta/models/chat/%2e%2E/secret:generateContent",
    "/v1beta/models/chat\\..\\secret:generateContent",
    "/openai/deployments/chat/../secret/chat/completions",
    "/openai/deployments/chat/x/../../secret/embeddings",
    "/openai/deployments/%2e%2e/embeddings",
    "/openai/deployments/./embeddings",
  ];
  for (const path of paths) assert.equal(named(path), "unclear", path);
});

Deno.test("pathPlaceIn() gives no name where only the decoded path names a model", () => {
  const paths = [
    "/openai/deployment%73/secret/embeddings",
    "/%6fpenai/deployments/secret",
    "/v1beta/%6dodels/secret:generateContent",
    "/v1beta/models/secret:generate%43ontent",
    "/openai/deployment%73/%2e%2e/embeddings",
  ];
  for (const path of paths) assert.equal(named(path), "unclear", path);
});

Deno.test("pathPlaceIn() takes a name with needless escapes for what it means", () => {
  assert.equal(named("/v1beta/models/ch%61t%7E1:generateContent"), "chat~1");
  assert.equal(named("/openai/deployments/ch%61t/embeddings"), "chat");
  assert.equal(named("/openai/deployments/gr%C3%B6\xc3\x9fe/embeddings"), "größe");
});

Deno.test("pathPlaceIn() takes time in proportion to the path", () => {
  const units = [
    "deployments/",
    "openai/deployments/",
    "models/x:",
    "models/a:generateContent",
    "/",
  ];
  const startedMs = performance.now();
  for (const unit of units) {
    for (const prefix of ["/", "/v1beta/", "/%61/"]) {
      pathPlaceIn(prefix + unit.repeat(100_000 / unit.length), []);
    }
  }
  assert.ok(performance.now() - startedMs < 2000);
});
