/** What people write in their first hour, and the very lines that each of it gets. */
import assert from "node:assert/strict";
import { formatProblem } from "../../lib/config/problem.ts";
import { parse } from "./parse.ts";

type Mistake = readonly [what: string, text: string, lines: readonly string[]];

const MISTAKES: readonly Mistake[] = [
  [
    "an empty file",
    "",
    ['config.yaml:1:1: the file is empty; write at least "backends:" and "models:", as the example does that llm-proxy init writes'],
  ],
  [
    "tabs as indentation",
    "backends:\n\t- name: a\n",
    ["config.yaml:2:1: not valid YAML: a tab in the indentation; use spaces"],
  ],
  [
    "a list that is never closed",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m:\n    - backend: a\n      model: [x\n',
    ["config.yaml:6:14: not valid YAML: the [ that opens here is never closed; close it, or quote a text that begins with ["],
  ],
  [
    "a quotation mark that is never closed",
    'backends:\n  - name: "a\n    url: https://a.example\nmodels:\n  m: [{backend: a, model: x}]\n',
    ['config.yaml:2:11: not valid YAML: the " that opens here is never closed; close it, or remove it'],
  ],
  [
    "a name that begins with @",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m:\n    - backend: "a"\n      model: @cf/x\n',
    ["config.yaml:6:14: not valid YAML: a text must not begin with @ or `; quote it"],
  ],
  [
    "a name that begins with %",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  %x: [{backend: a, model: x}]\n',
    ["config.yaml:4:3: not valid YAML: a text must not begin with %; quote it"],
  ],
  [
    "a name that begins with a star",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  *: [{backend: a, model: x}]\n',
    ["config.yaml:4:4: not valid YAML: a text that begins with * is an alias of YAML; quote it"],
  ],
  [
    "no space after a colon",
    "backends:\n  - name: a\n    url:'https://a.example'\nmodels:\n  m: [{backend: a, model: x}]\n",
    ["config.yaml:3:5: not valid YAML: a line without a : and a space after its key, as in key: value"],
  ],
  [
    "entries that do not line up",
    'backends:\n  - name: a\n   url: "https://a.example"\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["config.yaml:3:1: not valid YAML: a line that is indented less than those it belongs to; line it up with the key above"],
  ],
  [
    "a full-width colon",
    "backends：\n  - name: a\n",
    ["config.yaml:1:9: not valid YAML: ： (U+FF1A) means nothing here; write : (a colon)"],
  ],
  [
    "a full-width comma",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a， model: x}]\n',
    ["config.yaml:4:18: not valid YAML: ， (U+FF0C) means nothing here; write , (a comma)"],
  ],
  [
    "a no-break space",
    "backends:\n  -\u00a0name: a\n    url: https://a.example\nmodels:\n  m: [{backend: a, model: x}]\n",
    ["config.yaml:2:4: not valid YAML: the invisible character U+00A0 (a no-break space); write a plain space"],
  ],
  [
    "a zero-width space",
    '\u200bbackends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    [
      'config.yaml:1:1: ["\\u{200b}backends"]: the invisible character U+200B (a zero-width space) is in this key; remove it',
      'config.yaml:1:1: backends: is missing; it must be a list of backends, each of which begins with "- name:"',
    ],
  ],
  [
    "a byte order mark within",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  "\ufeffm": [{backend: a, model: x}]\n',
    [
      'config.yaml:4:3: models["\\u{feff}m"]: the invisible character U+FEFF (a byte order mark) is in this key; remove it',
      "config.yaml:4:3: models: must have at least one alias",
    ],
  ],
  [
    "quotation marks of print",
    'backends:\n  - name: “a”\n    url: https://a.example\nmodels:\n  m: [{backend: "“a”", model: x}]\n',
    ['config.yaml:2:11: backends[0].name: begins with “ (U+201C), which quotes nothing in YAML; write " on both sides'],
  ],
  [
    "a tag of another program's",
    "backends:\n  - name: a\n    url: !ENV URL\nmodels:\n  m: [{backend: a, model: x}]\n",
    ["config.yaml:3:10: not valid YAML: a ! tag; remove it, or quote a value that starts with !"],
  ],
  [
    "the same key twice",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["config.yaml:5:1: models: the same key twice: it is also on line 3; keep one"],
  ],
  [
    "no backends",
    "models:\n  m: [{backend: a, model: x}]\n",
    ['config.yaml:1:1: backends: is missing; it must be a list of backends, each of which begins with "- name:"'],
  ],
  [
    "backends as a mapping",
    'backends:\n  a: {url: "https://a.example"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ['config.yaml:2:3: backends: must be a list of backends, each of which begins with "- name:", not a mapping'],
  ],
  [
    "models as a list",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  - {name: m, backend: a}\n',
    ["config.yaml:4:3: models: must be a mapping from aliases to routes: the alias and a colon, below it its list of routes, not a list"],
  ],
  [
    "a route without its dash",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: {backend: a, model: x}\n',
    [
      "config.yaml:4:6: models.m.routes: is missing; it must be a list of routes",
      "config.yaml:4:7: models.m.backend: unknown key; it belongs in models.ALIAS[] (each entry begins with -), or in models.ALIAS.routes[] (each entry begins with -)",
      "config.yaml:4:19: models.m.model: unknown key; it belongs in models.ALIAS[] (each entry begins with -), or in models.ALIAS.routes[] (each entry begins with -)",
    ],
  ],
  [
    "a key under the wrong section",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\ncooldown_seconds: 5\n',
    ["config.yaml:5:1: cooldown_seconds: unknown key; it belongs in fallback"],
  ],
  [
    "keys that are not indented",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\nfallback:\nmax_retries: 5\n',
    [
      "config.yaml:5:1: fallback: must be a mapping of keys, not empty; indent what belongs to it below it, or leave it out",
      "config.yaml:6:1: max_retries: unknown key; it belongs in fallback",
    ],
  ],
  [
    "a key as another program calls it",
    'backends:\n  - {name: a, base_url: "https://a.example"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    [
      "config.yaml:2:5: backends[0].url: is missing; it must be a full http:// or https:// URL, such as https://api.provider-a.com/v1",
      "config.yaml:2:15: backends[0].base_url: unknown key; here it is called url",
    ],
  ],
  [
    "a key misspelled",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\nfallback: {cooldown_second: 5}\n',
    ['config.yaml:5:12: fallback.cooldown_second: unknown key; did you mean "cooldown_seconds"?'],
  ],
  [
    "a backend without an address",
    "backends:\n  - {name: a}\nmodels:\n  m: [{backend: a, model: x}]\n",
    ["config.yaml:2:5: backends[0].url: is missing; it must be a full http:// or https:// URL, such as https://api.provider-a.com/v1"],
  ],
  [
    "an address without https://",
    "backends:\n  - {name: a, url: api.a.example/v1}\nmodels:\n  m: [{backend: a, model: x}]\n",
    ['config.yaml:2:20: backends[0].url: must begin with https:// or http://, not "api.a.example/v1"'],
  ],
  [
    "two backends of one name",
    'backends:\n  - {name: a, url: "https://a.example"}\n  - {name: a, url: "https://b.example"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ['config.yaml:3:12: backends[1].name: "a" is already the name of backends[0] on line 2'],
  ],
  [
    "an alias to an unknown backend",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: b, model: x}]\n',
    ['config.yaml:4:17: models.m[0].backend: there is no backend "b"; the backends are a'],
  ],
  [
    "a route without a model",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a}]\n',
    ["config.yaml:4:7: models.m[0].model: is missing; it must be the backend's own name of the model (quote one that looks like a number)"],
  ],
  [
    "a model of digits",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: 4}]\n',
    ["config.yaml:4:27: models.m[0].model: must be the backend's own name of the model (quote one that looks like a number), not 4"],
  ],
  [
    "a negative span",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\nfallback: {cooldown_seconds: -1}\n',
    ["config.yaml:5:30: fallback.cooldown_seconds: must be a number of seconds from 0 to 2147483, not -1"],
  ],
  [
    "a span with a unit",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\nfallback: {cooldown_seconds: 5m}\n',
    ['config.yaml:5:30: fallback.cooldown_seconds: must be a number of seconds from 0 to 2147483, not "5m"'],
  ],
  [
    "a word that is none of a list",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\nlogging: {level: verbose}\n',
    ['config.yaml:5:18: logging.level: must be debug or info or warn or error, not "verbose"'],
  ],
  [
    "a port alone",
    'listen: 8080\nbackends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ['config.yaml:1:9: listen: must be host:port in quotes, such as "127.0.0.1:8080" or ":8080", not 8080'],
  ],
  [
    "an address without a port",
    'listen: 127.0.0.1\nbackends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ['config.yaml:1:9: listen: must be host:port with a port from 0 to 65535, such as "127.0.0.1:8080", "[::1]:8080" or ":8080", not "127.0.0.1"'],
  ],
  [
    "yes for true",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\nlogging: {redact: yes}\n',
    ['config.yaml:5:19: logging.redact: must be true or false, not "yes"'],
  ],
  [
    "a variable that is not set",
    'backends:\n  - {name: a, url: "https://a.example/v1", api_key: "${OPENAI_API_KEY}"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["config.yaml:2:53: backends[0].api_key: the environment variable OPENAI_API_KEY is not set; set it, there or in .env beside the configuration, or write ${OPENAI_API_KEY:-default}"],
  ],
  [
    "a key with Bearer before it",
    'listen: "127.0.0.1:8080"\nbackends:\n  - {name: a, url: "https://a.example/v1", auth: inject, api_key: "Bearer sk-0123456789"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ['config.yaml:3:67: backends[0].api_key: begins with "Bearer ", which is put before it where it belongs; write the key alone'],
  ],
  [
    "a key that only has spaces around it",
    'listen: "127.0.0.1:8080"\nbackends:\n  - {name: a, url: "https://a.example/v1", auth: inject, api_key: " sk-0123456789"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["config.yaml:3:67: backends[0].api_key: has spaces around it; write the key alone"],
  ],
  [
    "a proxy that is none",
    'listen: "127.0.0.1:8080"\nbackends:\n  - {name: a, url: "https://a.example/v1", auth: inject, api_key: sk-0123456789, proxy: none}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ['config.yaml:3:89: backends[0].proxy: must be "direct" where there is to be no proxy'],
  ],
  [
    "a proxy without a scheme",
    'listen: "127.0.0.1:8080"\nbackends:\n  - {name: a, url: "https://a.example/v1", auth: inject, api_key: sk-0123456789, proxy: "127.0.0.1:7890"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["config.yaml:3:89: backends[0].proxy: must begin with http://, https:// or socks5://"],
  ],
  [
    "an injected key open to anybody",
    'backends:\n  - {name: a, url: "https://a.example", auth: inject, api_key: sk-0123456789}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ['config.yaml:1:1: listen: must be a loopback address: backend "a" has auth: inject, so whoever reaches the port would spend its key; add clients, so that callers need a key; or listen on 127.0.0.1; or write clients: [] to open it to anybody on purpose'],
  ],
  [
    "one port twice",
    'listen: ":8080"\nbackends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\nadmin: {listen: "127.0.0.1:8080"}\n',
    ["config.yaml:6:17: admin.listen: 127.0.0.1:8080 is where the proxy itself listens (listen: :8080); the dashboard needs a port of its own, such as 127.0.0.1:8081"],
  ],
  [
    "a log in the configuration's place",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\nlogging: {general_file: ./config.yaml}\n',
    ["config.yaml:5:25: logging.general_file: leads to the file of the configuration too: config.yaml; two purposes cannot share one, so write another path"],
  ],
  [
    "another's home",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  m: [{backend: a, model: x}]\nhistory: {file: ~root/h.db}\n',
    ["config.yaml:5:17: history.file: begins with ~ and a name, and only ~ and ~/… are known here; write the whole path, or ./~ for a file of that name"],
  ],
  [
    "a variable as shells have it",
    'backends:\n  - {name: a, url: "https://a.example/v1", api_key: $OPENAI_API_KEY}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["warning: config.yaml:2:53: backends[0].api_key: is taken as it stands; for the environment variable write ${OPENAI_API_KEY}"],
  ],
  [
    "a variable as LiteLLM has it",
    'backends:\n  - {name: a, url: "https://a.example/v1", api_key: os.environ/OPENAI_API_KEY}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["warning: config.yaml:2:53: backends[0].api_key: is taken as it stands; for the environment variable write ${OPENAI_API_KEY}"],
  ],
  [
    "a variable as Windows has it",
    'backends:\n  - {name: a, url: "https://a.example/v1", api_key: "%OPENAI_API_KEY%"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["warning: config.yaml:2:53: backends[0].api_key: is taken as it stands; for the environment variable write ${OPENAI_API_KEY}"],
  ],
  [
    "a variable as templates have it",
    'backends:\n  - {name: a, url: "https://a.example/v1", api_key: "{{ OPENAI_API_KEY }}"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["warning: config.yaml:2:53: backends[0].api_key: is taken as it stands; for the environment variable write ${OPENAI_API_KEY}"],
  ],
  [
    "the key of an example",
    'listen: "127.0.0.1:8080"\nbackends:\n  - {name: a, url: "https://a.example/v1", auth: inject, api_key: "<your-key>"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["warning: config.yaml:3:67: backends[0].api_key: looks like the example of a key; write your own, best as ${NAME} from the environment"],
  ],
  [
    "an example's sk-...",
    'listen: "127.0.0.1:8080"\nbackends:\n  - {name: a, url: "https://a.example/v1", auth: inject, api_key: "sk-..."}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["warning: config.yaml:3:67: backends[0].api_key: looks like the example of a key; write your own, best as ${NAME} from the environment"],
  ],
  [
    "a key in two pairs of quotes",
    'listen: "127.0.0.1:8080"\nbackends:\n  - {name: a, url: "https://a.example/v1", auth: inject, api_key: "\'sk-0123456789\'"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["warning: config.yaml:3:67: backends[0].api_key: has quotation marks around it that are part of the key; write the key alone"],
  ],
  [
    "a placeholder in an alias's name",
    'backends:\n  - {name: a, url: "https://a.example/v1"}\nmodels:\n  "${M}": [{backend: a, model: x}]\n',
    ['warning: config.yaml:4:3: models["${M}"]: has ${ in its name, and placeholders are replaced in values alone; write the name'],
  ],
  [
    "an endpoint as the address",
    'backends:\n  - {name: a, url: "https://a.example/v1/chat/completions"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["warning: config.yaml:2:20: backends[0].url: ends with the endpoint /chat/completions, and a request's path is added to it; write it without /chat/completions"],
  ],
  [
    "a backend that is the proxy itself",
    'listen: ":8080"\nbackends:\n  - {name: a, url: "http://localhost:8080/v1"}\nmodels:\n  m: [{backend: a, model: x}]\n',
    ["warning: config.yaml:3:20: backends[0].url: leads back to this proxy itself (listen: :8080), so that every request to it is answered 508; write the address of the API"],
  ],
  [
    "a no-break space within a value",
    'backends:\n  - {name: a, url: "https://a.example"}\nmodels:\n  m: [{backend: a, model: "x\u00a0y"}]\n',
    ["warning: config.yaml:4:27: models.m[0].model: holds the invisible character U+00A0 (a no-break space); remove it unless it is meant"],
  ],
  [
    "a Windows path between double quotes that YAML reads",
    'backends:\n  - {name: a, url: "https://a.example"}\nmodels:\n  m: [{backend: a, model: x}]\nlogging: {general_file: "D:\\new\\table.log"}\n',
    ["config.yaml:5:25: logging.general_file: must be a path without control characters; between double quotes YAML reads \\n, \\t, \\b and the like as one, so write / for \\, or single quotes"],
  ],
  [
    "a Windows path between double quotes that YAML cannot read",
    'backends:\n  - {name: a, url: "https://a.example"}\nmodels:\n  m: [{backend: a, model: x}]\nlogging: {general_file: "C:\\Users\\me\\proxy.log"}\n',
    ["config.yaml:5:28: not valid YAML: an unknown \\ escape between double quotes; write \\\\ or use single quotes"],
  ],
];

for (const [what, text, lines] of MISTAKES) {
  Deno.test(`cases 14: a beginner's mistake: ${what}`, async () => {
    const loaded = await parse(text);
    const said = loaded.ok
      ? loaded.snapshot.warnings.map((warning) => `warning: ${warning}`)
      : loaded.problems.map(formatProblem);
    assert.deepEqual(said.map((line) => line.replaceAll("/etc/proxy/", "")), lines);
  });
}

Deno.test("cases 14: the table has what is right beside it: nothing is said of characters in comments and quotes", async () => {
  const loaded = await parse(`# “a”，：\u00a0
backends:
  - {name: "甲：乙，", url: "https://a.example"} # “b”
models:
  "模型，一": [{backend: "甲：乙，", model: "“x”"}]
detection: {error_patterns: ["额度\u00a0不足，请充值", "$BALANCE"]}
`);
  assert.ok(loaded.ok);
  assert.deepEqual(loaded.snapshot.warnings, []);
});

Deno.test("cases 14: 20,000 aliases are no matter; what aliases of YAML repeat without end is", async () => {
  const many = Array.from(
    { length: 20_000 },
    (_, index) => `  m${index}: [{backend: a, model: x}]`,
  );
  const backends = 'backends: [{name: a, url: "https://a.example"}]\n';
  assert.ok((await parse(`${backends}models:\n${many.join("\n")}\n`)).ok);
  const bomb = ["x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"];
  for (let at = 1; at < 6; at++) {
    bomb.push(`x${at}: &x${at} [${Array(10).fill(`*x${at - 1}`).join(", ")}]`);
  }
  const loaded = await parse(`${backends}${bomb.join("\n")}\n`);
  assert.ok(!loaded.ok);
  assert.match(loaded.problems[0]?.message ?? "", /repeat more than 50000 values; write fewer/);
});
