/** Parameters and headers by which gateways and servers answer with another model than the one that is named. */
import assert from "node:assert/strict";
import { lineValue, textOf } from "../caller.ts";
import {
  assertPasses,
  assertRefused,
  chat,
  formCall,
  JSON_TYPE,
  part,
  startRestricted,
} from "./restricted.ts";

/** https://docs.litellm.ai/docs/completion/input, https://openrouter.ai/docs/guides/features/plugins */
const CHOOSING = [
  `"context_window_fallback_dict":{"cheap":"dear"}`,
  `"context_window_fallback_dict":{"dear":"cheap"}`,
  `"content_policy_fallback_dict":{"cheap":["dear"]}`,
  `"CONTENTPOLICYFALLBACKDICT":{"cheap":"dear"}`,
  `"default_fallbacks":["dear"]`,
  String.raw`"context_window_f\u0061llback_dict":{"cheap":"dear"}`,
  `"models":{"dear":0.5}`,
  `"models":[{"dear":1}]`,
  `"x":{"fallbacks":{"dear":null}}`,
  `"x":{"best_models":{"a":{"b":"dear"}}}`,
  `"plugins":[{"id":"fusion","analysis_models":["dear"]}]`,
  `"plugins":[{"id":"web","judgeModel":"dear"}]`,
  `"plugins":[{"id":"auto-router","allowed_models":["*"]}]`,
  `"plugins":[{"id":"auto-router"}]`,
  `"plugins":[{"id":"fusion"}]`,
  `"plugins":[{"Id":"Fusion"}]`,
  `"plugins":["fusion"]`,
  `"plugins":{"id":"unheard-of"}`,
  `"Plugins":[{"id":"fusion"}]`,
  `"extra_body":{"plugins":[{"id":"fusion"}]}`,
  `"tools":[{"type":"openrouter:fusion","parameters":{"analysis_models":["dear"]}}]`,
  `"tools":[{"type":"openrouter:fusion"}]`,
  `"tools":[{"TYPE":"openrouter:subagent"}]`,
  String.raw`"tools":[{"t\u0079pe":"openrouter\u003aadvisor"}]`,
  `"Tools":[{"type":"openrouter:image_generation"}]`,
  `"tools":[{"type":"x","parameters":{"panel":{"analysis_models":[{"x":["dear"]}]}}}]`,
  `"preset":"dear"`,
  `"api_base":"https://elsewhere.example"`,
  `"base_url":"https://elsewhere.example"`,
  `"custom_llm_provider":"elsewhere"`,
  `"litellm_params":{"api_base":"https://elsewhere.example"}`,
];

Deno.test("a restricted caller is refused for every member by which others choose a model", async () => {
  await using line = await startRestricted();
  for (const members of CHOOSING) await assertRefused(line, chat(members), members);
});

Deno.test("a restricted caller is refused for such parameters and fields, too", async () => {
  await using line = await startRestricted();
  for (
    const query of ["analysis_models=dear", "plugins[0][id]=fusion", "api_base=x", "x[type]=a:b"]
  ) {
    await assertRefused(line, chat("", `/v1/chat/completions?${query}`), query);
  }
  for (const name of ["judge_model", "default_fallbacks[]", "base_url", "plugins[][id]"]) {
    await assertRefused(line, formCall(part(`name="${name}"`, "dear")), name);
  }
});

Deno.test("a restricted caller is told what may choose another model", async () => {
  await using line = await startRestricted();
  const got = await line.call(chat(`"plugins":[{"id":"fusion"}]`));
  assert.equal(got.status, 400);
  assert.equal(lineValue(got, "content-type"), "application/json");
  assert.match(
    textOf(got),
    /\\"id\\" at byte 43 of the JSON body may have a plugin choose other models\. Leave it out/,
  );
});

/** CGI, WSGI, Rack and PHP take `_`, and some any sign, for `-`. */
const HEADERS = [
  "X_HTTP_Method_Override: GET",
  "X-HTTP_Method-Override: GET",
  "X.Method.Override: GET",
  "X_Original_URL: /v1/files",
  "X-Original-URI: /v1/files",
  "X_Rewrite_URL: /v1/files",
  "X-Forwarded-Path: /v1/files",
  "X_Model: dear",
  // https://portkey.ai/docs/api-reference/inference-api/headers: where the call goes, key and all
  "x-portkey-custom-host: https://elsewhere.example",
  "X_Portkey_Custom_Host: https://elsewhere.example",
  "x-portkey-provider: elsewhere",
  "x-portkey-virtual-key: elsewhere",
  "x-portkey-config: elsewhere",
  "x-portkey-azure-resource-name: elsewhere",
  "x-portkey-unheard-of: 1",
  // https://docs.helicone.ai/getting-started/integration-method/gateway
  "Helicone-Target-URL: https://elsewhere.example",
  "Helicone-OpenAI-Api-Base: https://elsewhere.example",
  "Helicone_Target_Provider: elsewhere",
  "x-litellm-api-base: https://elsewhere.example",
  "cf-aig-custom-provider: elsewhere",
  "x-bf-vk: elsewhere",
  "x-kong-upstream: elsewhere",
  "X-Target-URL: https://elsewhere.example",
  "X-OpenAI-Base-URL: https://elsewhere.example",
  "X-Api-Base: https://elsewhere.example",
  "X-Upstream-Host: elsewhere.example",
  "x-provider: elsewhere",
  "x-virtual-key: elsewhere",
  "x-engine: dear",
  "X_Engine_Id: dear",
  "x-deployment: dear",
  "Azure-Deployment: dear",
  "x-azure-deployment-name: dear",
  "x-endpoint: elsewhere",
  "endpoint: elsewhere",
  "x-proxy-url: https://elsewhere.example",
  "X.Url: https://elsewhere.example",
  "x-router: dear",
  "x-route: dear",
];

/** What a body is, how long, and how it is coded, said a second time for some servers. */
const FRAMINGS = [
  "Content_Type: application/x-www-form-urlencoded",
  "Content.Type: application/x-www-form-urlencoded",
  "content_type: application/json",
  "Content_Length: 1",
  "Content_Encoding: gzip",
  "Content~Encoding: gzip",
  "Transfer_Encoding: chunked",
];

Deno.test("a restricted caller is refused for a second spelling of what tells how a body is read", async () => {
  await using line = await startRestricted();
  const { lines = [], ...request } = chat();
  for (const header of FRAMINGS) {
    const got = await assertRefused(line, { ...request, lines: [...lines, header] }, header);
    assert.equal(got.status, 400, header);
    assert.match(textOf(got), /servers may differ on what this request says: some take/, header);
  }
});

Deno.test("a restricted caller is refused for every header by which a call may go elsewhere", async () => {
  await using line = await startRestricted();
  const { lines = [], ...request } = chat();
  for (const header of HEADERS) {
    await assertRefused(line, { ...request, lines: [...lines, header] }, header);
  }
});

Deno.test("a restricted caller's headers pass as agents and their gateways' clients send them", async () => {
  await using line = await startRestricted();
  const headers = [
    "X-Forwarded-Host: proxy.example",
    "X-Forwarded-Proto: https",
    "X-Forwarded-For: 192.0.2.1",
    "X-Stainless-Helper-Method: stream",
    "x-stainless-retry-count: 0",
    "anthropic-beta: fallback-2026",
    "openai-organization: org-1",
    "originator: codex_cli_rs",
    "session_id: 1",
    "x-opencode-session: 1",
    "HTTP-Referer: https://app.example",
    "X-Title: app",
    "X-Request-URL-Hash: 1",
    "X-Endpoint-Features: 1",
    "Content-Language: de",
    "Accept_Language: de",
    "Helicone-User-Id: 1",
    "Helicone-Property-App: x",
    "x-portkey-trace-id: 1",
    "x-portkey-metadata: {}",
    "cf-aig-skip-cache: true",
    "x-litellm-tags: a",
    "Editor-Version: 1",
    "X_Original_URL: /v1/chat/completions",
  ];
  const { body } = chat();
  await assertPasses(line, { lines: [JSON_TYPE, ...headers], body }, "agents");
});

Deno.test("a restricted caller's WebSocket joins no call or session that is named by its id", async () => {
  await using line = await startRestricted();
  const lines = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  const target = "/v1/realtime?model=cheap";
  const socket = (more: string) => ({ method: "GET", target: target + more, lines });
  for (
    const more of ["&call_id=rtc_x", "&Call_ID=x", "&%63all_id=x", ";call_id=x", "&session=x", "&x"]
  ) await assertRefused(line, socket(more), more);
  await assertPasses(line, socket("&api-version=1&intent=transcription"), "known ones");
});
