import assert from "node:assert/strict";
import { parseFlags } from "../../lib/cli/flags.ts";

const DEFAULTS = {
  kind: "invocation",
  config: "config.yaml",
  once: false,
  args: [],
  json: false,
  drillKind: undefined,
  seconds: 60,
  backend: undefined,
  curl: false,
} as const;

Deno.test("parseFlags() takes the arguments and flags of the commands against the running proxy", () => {
  assert.deepEqual(parseFlags(["explain", "a model", "-json", "--config", "x"]), {
    ...DEFAULTS,
    command: "explain",
    args: ["a model"],
    json: true,
    config: "x",
  });
  assert.deepEqual(parseFlags(["cooldowns", "clear", "a/b"]), {
    ...DEFAULTS,
    command: "cooldowns",
    args: ["clear", "a/b"],
  });
  assert.deepEqual(parseFlags(["drill", "a", "-kind=cut", "-seconds", "0.5"]), {
    ...DEFAULTS,
    command: "drill",
    args: ["a"],
    drillKind: "cut",
    seconds: 0.5,
  });
  assert.deepEqual(parseFlags(["drill", "a", "-seconds", "0"]), {
    ...DEFAULTS,
    command: "drill",
    args: ["a"],
    seconds: 0,
  });
});

const KINDS = "401|402|404|429|503|cut|empty200|error200|error_event|hang|html200|pings|slow503";

const MISUSES: Readonly<Record<string, string>> = {
  "explain": "explain needs MODEL",
  "explain a b": 'Unexpected argument "b"',
  "explain a -once": "explain takes no flag -once",
  "check -json": "check takes no flag -json",
  "cooldowns drop": 'cooldowns takes "clear" or nothing, not "drop"',
  "cooldowns clear a b": 'Unexpected argument "b"',
  "drill": "drill needs BACKEND",
  "drill a": `drill needs -kind ${KINDS}`,
  "drill a -kind 500": `drill needs -kind ${KINDS}, not "500"`,
  "drill a -kind cut -seconds 601": '-seconds must be a number from 0 to 600, not "601"',
  "drill a -kind cut -seconds x": '-seconds must be a number from 0 to 600, not "x"',
  "drill a -kind cut -seconds=": '-seconds must be a number from 0 to 600, not ""',
  "toString": 'Unknown command "toString"',
};

for (const [line, message] of Object.entries(MISUSES)) {
  Deno.test(`parseFlags() refuses: ${line}`, () => {
    assert.deepEqual(parseFlags(line.split(" ")), { kind: "usage", message });
  });
}
