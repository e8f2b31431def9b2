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
  from: undefined,
  admin: undefined,
  tokenFile: undefined,
  dialect: undefined,
  id: undefined,
  yes: false,
  live: false,
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
  "check -json": "check takes -json with -live alone",
  "check -once": "check takes no flag -once",
  "explain a -live": "explain takes no flag -live",
  "service": "service needs systemd|launchd|windows",
  "service upstart": 'service takes systemd|launchd|windows, not "upstart"',
  "health now": 'Unexpected argument "now"',
  "cooldowns drop": 'cooldowns takes "clear" or nothing, not "drop"',
  "cooldowns clear a b": 'Unexpected argument "b"',
  "drill": "drill needs BACKEND",
  "drill a": `drill needs -kind ${KINDS}`,
  "drill a -kind 500": `drill needs -kind ${KINDS}, not "500"`,
  "drill a -kind cut -seconds 601": '-seconds must be a number from 0 to 600, not "601"',
  "drill a -kind cut -seconds x": '-seconds must be a number from 0 to 600, not "x"',
  "drill a -kind cut -seconds=": '-seconds must be a number from 0 to 600, not ""',
  "drill a -kind cut -seconds -1": '-seconds must be a number from 0 to 600, not "-1"',
  "drill a -kind cut -seconds=-1": '-seconds must be a number from 0 to 600, not "-1"',
  "drill a -seconds -0.5 -kind cut": '-seconds must be a number from 0 to 600, not "-0.5"',
  "drill a -kind -1": `drill needs -kind ${KINDS}, not "-1"`,
  "drill a -kind cut -seconds NaN": '-seconds must be a number from 0 to 600, not "NaN"',
  "drill a -kind cut -seconds Infinity": '-seconds must be a number from 0 to 600, not "Infinity"',
  "cooldowns -seconds -1": "cooldowns takes no flag -seconds",
  "explain a -dialect claude": '-dialect must be openai|anthropic|gemini|azure, not "claude"',
  "explain -id=": "-id needs an id",
  "explain a -id 679a3f2a":
    "explain takes MODEL or -id, and -id takes no -dialect: the request says them",
  "replay": "replay needs FILE or ID",
  "cooldowns -id 679a3f2a": "cooldowns takes no flag -id",
  "cooldowns -admin=": "-admin needs a URL",
  "cooldowns -token-file=": "-token-file needs a path",
  "cooldowns -admin a:1 -config b": "-admin and -config both say where to ask: give one of them",
  "drill a -seconds 0 -admin a:1 -config b":
    "-admin and -config both say where to ask: give one of them",
  "check -admin a:1": "check takes no flag -admin",
  "toString": 'Unknown command "toString"',
};

for (const [line, message] of Object.entries(MISUSES)) {
  Deno.test(`parseFlags() refuses: ${line}`, () => {
    assert.deepEqual(parseFlags(line.split(" ")), { kind: "usage", message });
  });
}

Deno.test("cases 14: parseFlags() says of a flag what is wrong with it, in its own spelling", () => {
  const said = (...args: string[]) => {
    const parsed = parseFlags(args);
    return parsed.kind === "usage" ? parsed.message : "";
  };
  assert.deepEqual(
    [
      said("drill", "a", "-kind", "hang", "-seconds", "-1"),
      said("-confg", "x"),
      said("-config"),
      said("-config", "-json"),
      said("demo", "-once=2"),
      said("chek"),
      said("run"),
    ],
    [
      '-seconds must be a number from 0 to 600, not "-1"',
      'Unknown flag -confg; did you mean "-config"?',
      "-config needs a value after it",
      "-config needs a value after it",
      "-once takes no value",
      'Unknown command "chek"; did you mean "check"?',
      "Leave run out: without a command the proxy runs",
    ],
  );
});

Deno.test("cases 14: parseFlags() takes ~ in -config=~/… for the home directory", () => {
  const parsed = parseFlags(
    ["check", "-config=~/c.yaml"],
    (name) => name === "HOME" ? "/home/me" : undefined,
  );
  assert.equal(parsed.kind === "invocation" && parsed.config, "/home/me/c.yaml");
});

Deno.test("parseFlags() takes help as a word, too", () => {
  const [word, flag] = [parseFlags(["help"]), parseFlags(["-help"])];
  assert.deepEqual(word, flag);
  assert.equal(word.kind === "invocation" && word.command, "help");
});
