/** Section E and F of the fault catalogue: where a model may stand, F103, F105, F113, F118, F119. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FORM, FORM_BOUNDARY, FORM_TYPE, latin1, MODEL, startPlaces } from "./places.ts";

const FORM_PATHS = [
  "/v1/audio/transcriptions",
  "/v1/audio/translations",
  "/v1/images/edits",
  "/v1/images/variations",
  "/v1/videos",
];
for (const target of FORM_PATHS) {
  Deno.test(`F103: a form to ${target} passes byte for byte but for its model`, async () => {
    await using line = await startPlaces();
    const body = FORM.replace("@", "chat");
    const seen = await line.seen({ target, contentType: FORM_TYPE, body });
    assert.equal(latin1(seen.body), FORM.replace("@", MODEL));
    assert.equal(seen.target, target);
    const headers = new Map(seen.headers);
    assert.equal(headers.get("content-type") ?? headers.get("Content-Type"), FORM_TYPE);
  });
}

Deno.test("F119: the length of a form is that of what is sent", async () => {
  for (const model of ["m", "a-much-longer-name-than-the-one-that-the-caller-wrote"]) {
    await using line = await startPlaces({ model });
    const body = FORM.replace("@", "chat");
    const seen = await line.seen({ target: "/v1/videos", contentType: FORM_TYPE, body });
    const expected = FORM.replace("@", model);
    assert.equal(latin1(seen.body), expected);
    assert.match(seen.head, new RegExp(`^content-length: ${expected.length}$`, "mi"));
  }
});

Deno.test("F103: a form of ten megabytes passes byte for byte but for its model", async () => {
  await using line = await startPlaces();
  const audio = "\0\x01\r\n--X-form\xff\n".repeat(700_000);
  const template = FORM.replace("RIFF", audio);
  const body = template.replace("@", "chat");
  const seen = await line.seen({ target: "/v1/videos", contentType: FORM_TYPE, body });
  assert.ok(latin1(seen.body) === template.replace("@", MODEL));
});

Deno.test("F103: a form in which no model stands passes as it came", async () => {
  await using line = await startPlaces({ rest: "default_backend: backend" });
  const body = FORM.replace("NAME=model", "NAME=purpose").replace("@", "chat");
  const seen = await line.seen({ target: "/v1/files", contentType: FORM_TYPE, body });
  assert.equal(latin1(seen.body), body);
});

Deno.test("F103: a form without a model and without anybody to take it is told what to do", async () => {
  await using line = await startPlaces();
  const body = FORM.replace("NAME=model", "NAME=purpose");
  const [status, code, message] = await line.refused({
    target: "/v1/files",
    contentType: FORM_TYPE,
    body,
  });
  assert.deepEqual([status, code], [400, "model_missing"]);
  assert.match(message, /"chat".*default_backend/);
});

Deno.test("F103: bytes that are neither JSON nor a form pass as they came", async () => {
  await using line = await startPlaces({ rest: "default_backend: backend" });
  const body = `\0\xff{"model":"chat"}\r\n--b\r\nname="model"`;
  for (const contentType of ["audio/wav", "application/octet-stream", "multipart/form-data"]) {
    const seen = await line.seen({ target: "/v1/listen", contentType, body });
    assert.equal(latin1(seen.body), body, contentType);
  }
});

Deno.test("F105: every model of a form is replaced, and the last decides", async () => {
  await using line = await startPlaces();
  const part = `--${FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="model"\r\n\r\n`;
  const template = FORM.replace(`--${FORM_BOUNDARY}--`, `${part}@\r\n--${FORM_BOUNDARY}--`);
  const body = template.replace("@", "other").replace("@", "chat");
  const seen = await line.seen({ target: "/v1/videos", contentType: FORM_TYPE, body });
  assert.equal(latin1(seen.body), template.replaceAll("@", MODEL));
});

Deno.test("F105: every model of a query is replaced, and the last decides", async () => {
  await using line = await startPlaces();
  const seen = await line.seen({ method: "GET", target: "/v1/x?model=other&a=1&model=chat" });
  assert.equal(seen.target, `/v1/x?model=${MODEL}&a=1&model=${MODEL}`);
});

Deno.test("F105: what goes on to a default backend names one model only", async () => {
  await using line = await startPlaces({ rest: "default_backend: backend" });
  const seen = await line.seen({ body: `{"model":"chat", "model":7, "model":"mystery"}` });
  assert.equal(latin1(seen.body), `{"model":"mystery", "model":"mystery", "model":"mystery"}`);
});

Deno.test("a model in the query is replaced, and no other byte of the target", async () => {
  await using line = await startPlaces({ model: "a/b c&d=é" });
  const before = "/v1/realtime?%6Dodels=x&a=%20+b&&x=chat;model&";
  for (const written of ["model=chat", "model=ch%61t", "%6dodel=chat"]) {
    const [name] = written.split("=");
    const seen = await line.seen({ method: "GET", target: `${before}${written}&model2=chat?%23` });
    assert.equal(seen.target, `${before}${name}=a%2Fb%20c%26d%3D%C3%A9&model2=chat?%23`);
  }
});

Deno.test("a model in a query is read as backends read it, a plus being a space", async () => {
  await using line = await startPlaces();
  const [, , message] = await line.refused({ method: "GET", target: "/v1/x?model=ch+at%20" });
  assert.match(message, /"ch at "/);
});

Deno.test("a model in a form that is like a query is replaced, and no other byte", async () => {
  await using line = await startPlaces({ model: "a b" });
  const contentType = "application/x-www-form-urlencoded; charset=utf-8";
  const body = "prompt=a+%26model%3Dx%0D%0A&&n=1&model=@&x=chat";
  const seen = await line.seen({ contentType, body: body.replace("@", "ch%61t") });
  assert.equal(latin1(seen.body), body.replace("@", "a%20b"));
});

const AZURE = "/openai/deployments/@/chat/completions?api-version=2024-10-21&x=@";

Deno.test("an Azure deployment is replaced in the path, and no other byte", async () => {
  await using line = await startPlaces();
  const body = `{"messages":[],"a":"chat"}`;
  const seen = await line.seen({ target: AZURE.replace("@", "chat"), body });
  assert.equal(seen.target, AZURE.replace("@", MODEL));
  assert.equal(latin1(seen.body), body);
});

Deno.test("an Azure deployment decides, whatever its client writes as the model (F118)", async () => {
  await using line = await startPlaces();
  const target = AZURE.replace("@", "chat");
  for (const model of ["other", "<ignored>", "gpt-4o", "chat"]) {
    const seen = await line.seen({ target, body: `{"messages":[], "model" : "${model}"}` });
    assert.equal(latin1(seen.body), `{"messages":[], "model" : "${MODEL}"}`);
  }
  const seen = await line.seen({ target, body: `{"model":""}` });
  assert.equal(latin1(seen.body), `{"model":""}`);
});

Deno.test("an Azure deployment's form is replaced with it", async () => {
  await using line = await startPlaces();
  const target = "/openai/deployments/chat/audio/transcriptions?api-version=2024-10-21";
  const body = FORM.replace("@", "whisper-1");
  const seen = await line.seen({ target, contentType: FORM_TYPE, body });
  assert.equal(latin1(seen.body), FORM.replace("@", MODEL));
  assert.equal(seen.target, target.replace("chat", MODEL));
});

Deno.test("an Azure refusal is worded as OpenAI's are", async () => {
  await using line = await startPlaces();
  const target = AZURE.replace("@", "mystery");
  const [status, code] = await line.refused({ target, lines: ["api-key: k"], body: "{}" });
  assert.deepEqual([status, code], [400, "unknown_model"]);
});

const GEMINI = "/v1beta/models/chat:";
const REPEATED: readonly (readonly [method: string, template: string])[] = [
  ["embedContent", `{"model": "models/@", "content":{"parts":[{"text":"models/chat"}]}}`],
  ["countTokens", `{"generateContentRequest":{"contents":[{"model":"chat"}],"model":"models/@"}}`],
  ["countTokens", `{"generate_content_request":{"model":"@"},"model":"models/@"}`],
  ["batchEmbedContents", `{"requests":[{"model":"models/@"} , {"content":{},"model":"@"},{}]}`],
  [
    "batchGenerateContent",
    `{"batch":{"inputConfig":{"requests":{"requests":[{"request":{"model":"models/@"}}]}},"model":"models/@"}}`,
  ],
];
for (const [method, template] of REPEATED) {
  Deno.test(`a model that ${method} repeats is replaced with the path's: ${template}`, async () => {
    await using line = await startPlaces();
    const body = template.replaceAll("@", "chat");
    const seen = await line.seen({ target: GEMINI + method, body });
    assert.equal(latin1(seen.body), template.replaceAll("@", MODEL));
    assert.equal(seen.target, `/v1beta/models/${MODEL}:${method}`);
  });
}

Deno.test("F118: what a Gemini path's body repeats otherwise is refused", async () => {
  await using line = await startPlaces();
  for (const [method, template] of REPEATED) {
    const body = template.replace("@", "other").replaceAll("@", "chat");
    const got = await line.send({ target: GEMINI + method, body });
    assert.equal(got.status, 400, body);
    assert.match(latin1(got.body), /\\"chat\\" in the path and \\"other\\" in the JSON body/);
  }
  assert.equal(line.backend.requests.length, 0);
});

const DISAGREEING = [
  { target: "/v1/chat/completions?model=chat", body: `{"model":"other"}` },
  { target: "/v1/chat/completions?model=chat", body: `{"model":"mystery"}` },
  { target: "/v1/videos?model=chat", contentType: FORM_TYPE, body: FORM.replace("@", "other") },
  {
    target: "/v1/x?model=chat",
    contentType: "application/x-www-form-urlencoded",
    body: "model=other",
  },
];
for (const rest of ["", "default_backend: backend"]) {
  Deno.test(`F118: two places that disagree are refused, naming both (${rest || "no default"})`, async () => {
    await using line = await startPlaces({ rest });
    for (const request of DISAGREEING) {
      const [status, code, message] = await line.refused(request);
      assert.deepEqual([status, code], [400, "models_disagree"], request.target);
      assert.match(message, /"chat" in the query and "(?:other|mystery)" in the (?:JSON|form)/);
    }
  });
}

Deno.test("F118: two places that agree are both replaced", async () => {
  await using line = await startPlaces();
  const target = "/v1/videos?model=@&a";
  const request = { contentType: FORM_TYPE, body: FORM.replace("@", "chat") };
  const form = await line.seen({ ...request, target: target.replace("@", "chat") });
  assert.deepEqual([form.target, latin1(form.body)], [
    target.replace("@", MODEL),
    FORM.replace("@", MODEL),
  ]);
  const json = await line.seen({ target: "/v1/x?model=chat", body: `{"model":"chat"}` });
  assert.deepEqual([json.target, latin1(json.body)], [
    `/v1/x?model=${MODEL}`,
    `{"model":"${MODEL}"}`,
  ]);
});

Deno.test("F118: JSON that a backend could read as a form with another model is refused", async () => {
  await using line = await startPlaces();
  const contentType = "application/x-www-form-urlencoded";
  const body = `{"model":"chat","a":"&model=other&"}`;
  assert.equal((await line.refused({ contentType, body }))[1], "invalid_form");
  const curl = await line.seen({ contentType, body: `{"model":"chat","a":"&b=c"}` });
  assert.equal(latin1(curl.body), `{"model":"${MODEL}","a":"&b=c"}`);
});

Deno.test("F118: a path that leads elsewhere once it is resolved is refused", async () => {
  await using line = await startPlaces({ rest: "default_backend: backend" });
  const targets = [
    "/openai/deployments/chat/../secret/chat/completions",
    "/openai/deployments/chat%2f..%2fsecret/chat/completions",
    "/openai/%64eployments/secret/chat/completions",
  ];
  for (const target of targets) {
    const [status, code] = await line.refused({ target, body: `{"model":"chat"}` });
    assert.deepEqual([status, code], [400, "invalid_path"], target);
  }
});

const NAMES = [`say "hi"`, "back\\slash", "a/b?c#d%&=+", "😀 模型", "../x", "a--b", "%0d%0a"];
for (const model of NAMES) {
  Deno.test(`F113: the name ${model} stays a name in a form, a query and a deployment`, async () => {
    await using line = await startPlaces({ model });
    const utf8 = Buffer.from(model).toString("latin1");
    const body = FORM.replace("@", "chat");
    const form = await line.seen({ target: "/v1/videos", contentType: FORM_TYPE, body });
    assert.equal(latin1(form.body), FORM.replace("@", utf8));
    const query = await line.seen({ method: "GET", target: "/v1/x?model=chat&a=b" });
    assert.equal(query.target, `/v1/x?model=${encodeURIComponent(model)}&a=b`);
    const azure = await line.seen({ target: AZURE.replace("@", "chat"), body: "{}" });
    assert.equal(azure.target, AZURE.replace("@", encodeURIComponent(model)));
  });
}

Deno.test("F113: a name that would break out of its place is refused, and cools nothing", async () => {
  const { target: videos, ...form } = { target: "/v1/videos", contentType: FORM_TYPE };
  for (const model of ["a\r\nb", `x--${FORM_BOUNDARY}--`]) {
    await using line = await startPlaces({ model });
    const body = FORM.replace("@", "chat");
    const [status, code, message] = await line.refused({ ...form, target: videos, body });
    assert.deepEqual([status, code], [400, "request_refused"]);
    assert.match(message, /cannot stand in a form/);
    const json = await line.seen({ body: `{"model":"chat"}` });
    assert.equal(latin1(json.body), JSON.stringify({ model }));
  }
});

Deno.test("F113: a name that would lead elsewhere in a path is refused", async () => {
  await using line = await startPlaces({ model: "../../secret" });
  const got = await line.send({ target: "/v1beta/models/chat:generateContent", body: "{}" });
  assert.equal(got.status, 400);
  assert.match(latin1(got.body), /would lead elsewhere in the path/);
  assert.equal(line.backend.requests.length, 0);
});
