import assert from "node:assert/strict";
import { meaningOf, meaningOfParameter, regionBelow } from "../../lib/dialect/model_names.ts";

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
  for (const name of ["remodel", "modeling", "modality", "supermodels", "mode", "", "\0model"]) {
    assert.equal(meaningOf(name, true), "none", name);
  }
});

Deno.test("meaningOf() takes other names for a model's at the top alone", () => {
  for (const name of ["model_id", "modelName", "engine", "deployment-id", "model_list"]) {
    assert.deepEqual([meaningOf(name, true), meaningOf(name, false)], ["model", "none"], name);
  }
  for (const name of ["fallbacks", "fallbackModels", "context_window_fallbacks"]) {
    assert.deepEqual([meaningOf(name, true), meaningOf(name, false)], ["fallbacks", "fallbacks"]);
  }
});

Deno.test("meaningOfParameter() reads a parameter's name as a path, too", () => {
  for (
    const name of ["session[model]", "a[b][models][]", "a.model", "model.0", "tools[0][Model]"]
  ) {
    assert.equal(meaningOfParameter(name), "model", name);
  }
  assert.equal(meaningOfParameter("a[fallbacks][0]"), "fallbacks");
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
