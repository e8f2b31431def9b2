import assert from "node:assert/strict";
import { type Arguments, parseArguments } from "./arguments.ts";

function parsed(...args: string[]): Arguments {
  const result = parseArguments(args);
  assert.ok(result.kind === "arguments", JSON.stringify(result));
  return result;
}

Deno.test("parseArguments() without any is this proxy, on free ports", () => {
  assert.deepEqual(parsed(), {
    kind: "arguments",
    url: undefined,
    key: "conformance-key",
    models: { anthropic: "conformance", openai: "conformance", gemini: "conformance" },
    ports: [0, 0],
    waitSeconds: 60,
  });
});

Deno.test("parseArguments() takes a URL after the task's dashes, on ports that stay", () => {
  const { url, ports } = parsed("--", "http://127.0.0.1:8080/");
  assert.deepEqual({ url, ports }, { url: "http://127.0.0.1:8080", ports: [4101, 4102] });
});

Deno.test("parseArguments() takes an alias for all formats, and one for each", () => {
  const { models } = parsed("--model", "all", "--anthropic-model", "claude");
  assert.deepEqual(models, { anthropic: "claude", openai: "all", gemini: "all" });
});

for (
  const [args, message] of [
    [["https://gateway"], /http:\/\/HOST:PORT, not https:\/\/gateway/],
    [["http://127.0.0.1:80/v1"], /http:\/\/HOST:PORT/],
    [["http://a:1", "http://b:2"], /one URL/],
    [["--ports", "4101"], /two ports/],
    [["--ports", "1,2,3"], /two ports/],
    [["--ports", "x,y"], /two ports/],
    [["--wait", "soon"], /--wait must be seconds/],
    [["--modle", "x"], /--modle/],
  ] as const
) {
  Deno.test(`parseArguments() refuses ${args.join(" ")}`, () => {
    const result = parseArguments(args);
    assert.ok(result.kind === "usage");
    assert.match(result.message, message);
  });
}
