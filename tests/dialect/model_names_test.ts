import assert from "node:assert/strict";
import {
  isHarmlessPlugin,
  isHarmlessTool,
  meaningOf,
  meaningOfParameter,
  regionBelow,
} from "../../lib/dialect/model_names.ts";

Deno.test("meaningOf() knows a model's name in every spelling", () => {
  const spellings = [
    "model",
    "MODEL",
    "models",
    "model[]",
    " model\t",
    "model\0x",
    "$model",
    "mo-del",
  ];
  for (const name of [...spellings, "model\u017f", "\uff4dodel", "\u{1d426}odel", "Model_s"]) {
    assert.equal(meaningOf(name, false), "model", name);
  }
  for (const name of ["modality", "mode", "mod", "fall", "", "\0model", "keyboard"]) {
    assert.equal(meaningOf(name, true), "none", name);
  }
});

Deno.test("meaningOf() knows a name that has a model's in it, wherever it stands", () => {
  const names = [
    "model_id",
    "modelName",
    "model_list",
    "analysis_models",
    "ANALYSISMODELS",
    "judge-model",
    "allowed_models",
    "fallbacks",
    "fallbackModels",
    "context_window_fallbacks",
    "context_window_fallback_dict",
    "default_fallbacks",
  ];
  for (const name of names) {
    assert.deepEqual([meaningOf(name, true), meaningOf(name, false)], ["model", "model"], name);
  }
});

Deno.test("meaningOf() takes other names for a model's or a server's at the top alone", () => {
  for (const name of ["engine", "deployment-id", "preset"]) {
    assert.deepEqual([meaningOf(name, true), meaningOf(name, false)], ["model", "none"], name);
  }
  for (const name of ["api_base", "baseURL", "custom_llm_provider"]) {
    assert.deepEqual([meaningOf(name, true), meaningOf(name, false)], ["server", "none"], name);
  }
});

Deno.test("isHarmlessTool() and isHarmlessPlugin() know what asks no other model", () => {
  for (const type of ["function", "web_search_20250305", "openrouter:web_search", "orq:datetime"]) {
    assert.equal(isHarmlessTool(type), true, type);
  }
  for (const type of ["openrouter:fusion", "orq:advisor", "OpenRouter:Fusion", "x:unheard_of"]) {
    assert.equal(isHarmlessTool(type), false, type);
  }
  assert.deepEqual(["web", "file-parser", "fusion", "auto-router", "x"].map(isHarmlessPlugin), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("meaningOfParameter() reads a parameter's name as a path, too", () => {
  for (
    const name of ["session[model]", "a[b][models][]", "a.model", "model.0", "tools[0][Model]"]
  ) {
    assert.equal(meaningOfParameter(name), "model", name);
  }
  assert.equal(meaningOfParameter("a[fallbacks][0]"), "model");
  assert.equal(meaningOfParameter("timestamp_granularities[]"), "none");
});

Deno.test("regionBelow() makes data opaque where nobody takes a model from, and nowhere else", () => {
  const walk = (...keys: readonly string[]) => {
    return keys.reduce<ReturnType<typeof regionBelow>>(
      (region, key) => regionBelow(key, region),
      "plain",
    );
  };
  assert.equal(walk("messages", "content", "input"), "opaque");
  assert.equal(walk("input", "arguments"), "opaque");
  assert.equal(walk("contents", "parts", "functionCall", "args"), "opaque");
  assert.equal(walk("tools", "function", "parameters", "properties"), "opaque");
  assert.equal(walk("tools", "function", "parameters"), "schema");
  assert.equal(
    walk("generateContentRequest", "contents", "parts", "functionCall", "args"),
    "opaque",
  );
  assert.equal(walk("metadata"), "plain");
  assert.equal(walk("x", "properties"), "plain");
  assert.equal(walk("x", "arguments"), "plain");
  assert.equal(walk("Messages", "input"), "conversation");
});
