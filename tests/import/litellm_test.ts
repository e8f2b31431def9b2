import assert from "node:assert/strict";
import { fixture, imported, places, refusalOf, routes } from "./imported.ts";

Deno.test("import takes the examples of LiteLLM's documentation to the same models at the same places", async () => {
  const { title, snapshot, missing, secrets, notes } = await imported(
    await fixture("litellm.yaml"),
  );
  assert.equal(title, "LiteLLM's config.yaml");
  const azure = [
    "1: gpt-4o-eu at https://my-endpoint-europe.openai.azure.com/openai/v1 as openai+azure with set-AZURE_API_KEY_EU, weight 6",
    "1: gpt-4o-ca at https://my-endpoint-canada.openai.azure.com/openai/v1 as openai+azure with set-AZURE_API_KEY_CA, weight 6",
  ];
  assert.deepEqual(routes(snapshot), {
    "gpt-4o": azure,
    "gpt-4": azure,
    "vllm-models": [
      "1: facebook/opt-125m at http://10.0.0.7:4000/v1 as openai with none, weight 1440",
    ],
    "claude-sonnet": [
      "1: claude-3-5-sonnet-20241022 at https://api.anthropic.com as anthropic with set-ANTHROPIC_API_KEY",
    ],
    "gpt-3.5-turbo-16k": [
      "1: gpt-3.5-turbo-16k at https://api.openai.com/v1 as openai with sk-invented-0123456789abcdef, weight 100",
    ],
  });
  assert.deepEqual(snapshot.aliases.get("vllm-models")?.fallbackTo, ["gpt-4o"]);
  assert.deepEqual(snapshot.listen, { hostname: "", port: 4000 });
  assert.deepEqual(snapshot.callers?.map(({ key }) => key), ["sk-1234-invented-master"]);
  assert.deepEqual(missing, ["AZURE_API_KEY_EU", "AZURE_API_KEY_CA", "ANTHROPIC_API_KEY"]);
  assert.deepEqual([...secrets.keys()], [
    "LITELLM_MASTER_KEY",
    "OPENAI_10_API_KEY",
    "OPENAI_API_KEY",
  ]);
  assert.doesNotMatch(notes.join("\n"), /invented-redis-password/);
});

Deno.test("import names each of LiteLLM's settings that it does not carry over, with its line", async () => {
  const result = await imported(await fixture("litellm.yaml"));
  assert.deepEqual(places(result), [
    "3 formats",
    "9 model_list[0].litellm_params.rpm",
    "10 model_list[1]",
    "19 model_list[3]",
    "31 model_list[].model_info",
    "43 model_list[7]",
    "48 litellm_settings.drop_params",
    "49 litellm_settings.success_callback",
    "50 litellm_settings.num_retries",
    "51 litellm_settings.request_timeout",
    "53 litellm_settings.context_window_fallbacks",
    "57 litellm_settings.allowed_fails",
    "64 router_settings.num_retries",
    "66 router_settings.redis_host",
    "67 router_settings.redis_password",
    "68 router_settings.redis_port",
    "72 general_settings.alerting",
  ]);
});

const MODEL = (params: string, name = "m") =>
  `  - model_name: ${name}
    litellm_params: { ${params} }
`;

Deno.test("import keeps LiteLLM's order, smaller first and none last", async () => {
  const { snapshot } = await imported(`model_list:
${MODEL("model: openai/c, api_base: 'https://c.example/v1', api_key: sk-cccccccccccc")}
${MODEL("model: openai/b, api_base: 'https://b.example/v1', api_key: sk-bbbbbbbbbbbb, order: 20")}
${MODEL("model: openai/a, api_base: 'https://a.example/v1', api_key: sk-aaaaaaaaaaaa, order: 3")}
`);
  const order = snapshot.aliases.get("m")?.routes.map(({ model, priority }) =>
    `${priority} ${model}`
  );
  assert.deepEqual(order, ["1 a", "2 b", "3 c"]);
});

Deno.test("import takes LiteLLM's weight before rpm, and rpm before tpm, as a share", async () => {
  const share = async (limits: string) => {
    const { snapshot } = await imported(`model_list:
${MODEL(`model: gpt-4o, ${limits}`)}${MODEL("model: openai/other, rpm: 7")}`);
    return snapshot.aliases.get("m")?.routes[0]?.weight;
  };
  assert.equal(await share("weight: 2, rpm: 60, tpm: 1000"), 2);
  assert.equal(await share("rpm: 60, tpm: 1000"), 60);
  assert.equal(await share("tpm: 50"), 50);
  assert.equal(await share("tpm: 5000000"), 1_000_000);
});

Deno.test("import reads LiteLLM's credentials, merge keys and anchors, and routing strategies", async () => {
  const { snapshot } = await imported(`
x-common: &common { api_base: "https://common.example/v1", api_key: os.environ/COMMON_KEY }
model_list:
  - model_name: one
    litellm_params: { <<: *common, model: openai/x }
  - model_name: one
    litellm_params: { model: openai/y, litellm_credential_name: other }
credential_list:
  - credential_name: other
    credential_values: { api_key: os.environ/OTHER_KEY, api_base: os.environ/OTHER_BASE }
router_settings: { routing_strategy: latency-based-routing }
`);
  assert.equal(snapshot.aliases.get("one")?.balance, "fastest");
  assert.deepEqual(routes(snapshot).one, [
    "1: x at https://common.example/v1 as openai with set-COMMON_KEY",
    "1: y at https://set.example as openai with set-OTHER_KEY",
  ]);
});

Deno.test("import leaves a fallback of LiteLLM's out that would lead back, and says so", async () => {
  const result = await imported(`model_list:
${MODEL("model: gpt-4o", "a")}${MODEL("model: claude-x", "b")}${MODEL("model: gpt-x", "c")}
litellm_settings:
  fallbacks:
    - a: [b, nowhere]
    - b: [a]
  default_fallbacks: [a]
`);
  const { aliases } = result.snapshot;
  assert.deepEqual(["a", "b", "c"].map((name) => aliases.get(name)?.fallbackTo), [["b"], [], [
    "a",
  ]]);
  const lines = result.notes.filter((note) => note.includes("fallbacks["));
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? "", /a\[1\] = "nowhere": no route/);
  assert.match(lines[1] ?? "", /b\[0\] = "a": it would lead an alias back/);
});

Deno.test("import names wildcards and providers of another protocol, and refuses where nothing is left", async () => {
  const result = await imported(`model_list:
${MODEL("model: 'openai/*', api_key: sk-000000000000", "'openai/*'")}
${MODEL("model: vertex_ai/gemini-pro, vertex_project: p", "v")}
${MODEL("model: sagemaker/x", "s")}
${MODEL("model: gpt-4o", "kept")}`);
  assert.deepEqual([...result.snapshot.aliases.keys()], ["kept"]);
  const said = places(result).map((place) => place.replace(/^\d+ /, ""));
  assert.deepEqual(said, [
    "formats",
    "model_list[0]",
    "model_list[1]",
    "model_list[2]",
  ]);
  const [refusal = ""] = await refusalOf(`model_list:\n${MODEL("model: bedrock/x")}`);
  assert.match(refusal, /^source:1: no model in it leads to a backend/);
});

Deno.test("import takes Azure's addresses in each form below /openai/v1", async () => {
  for (
    const path of ["", "/", "/openai", "/openai/v1/", "/openai/deployments/gpt-4o/chat/completions"]
  ) {
    const params =
      `model: azure/gpt-4o, api_base: "https://x.openai.azure.com${path}", api_key: os.environ/K`;
    const { snapshot } = await imported(`model_list:\n${MODEL(params)}`);
    const [backend] = snapshot.backends.values();
    assert.equal(backend?.basePath, "/openai/v1", path);
  }
});

Deno.test("import says where a client's /v1 is part of the path and was none before", async () => {
  const { notes } = await imported(`model_list:
${MODEL("model: openai/x, api_base: 'https://bare.example', api_key: os.environ/K")}
${MODEL("model: openai/x, api_base: 'https://whole.example/v1', api_key: os.environ/K")}`);
  const [note = ""] = notes.filter((line) => line.includes(" paths: "));
  assert.match(note, /base URL without \/v1 \(openai-bare\)$/);
});
