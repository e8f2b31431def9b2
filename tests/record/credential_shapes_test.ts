/** H14: the table of shapes, and what only resembles a credential. */
import assert from "node:assert/strict";
import { createRedactor } from "../../lib/record/redact.ts";
import { namedCredentials, shapedCredentials } from "../canary/corpus.ts";

const redactor = createRedactor({ enabled: true, secrets: [] });
const shown = (text: string) => redactor.text(text).text;

const SURROUNDINGS: Readonly<Record<string, (value: string) => string>> = {
  "nothing around it": (value) => value,
  "a sentence": (value) => `the key ${value}, please`,
  "Markdown": (value) => `\`${value}\``,
  "an HTML page": (value) => `<b>${value}</b>`,
  "a path": (value) => `/v1/${value}/x`,
  "a line break escaped before it": (value) => `{"a":"x\\n${value}\\n"}`,
  "a quote escaped around it": (value) => `\\u0022${value}\\u0022`,
};

for (const { vendor, value } of shapedCredentials()) {
  Deno.test(`H14: a credential of ${vendor} is masked whatever stands around it`, () => {
    for (const [what, around] of Object.entries(SURROUNDINGS)) {
      const text = shown(around(value));
      assert.ok(
        !text.includes(value.slice(5, 17)) && !text.includes(value.slice(-12)),
        `${what}: ${text}`,
      );
    }
  });
}

const NAMES = [
  ..."api_key apiKey api-key API_KEY X-Api-Key OPENAI_API_KEY apikey access_token accessToken authToken"
    .split(" "),
  ..."token secret client_secret clientSecret password private_key AccountKey SecretAccessKey sig"
    .split(" "),
  ..."X-Custom-Token X-Vendor-Key my-secret subscription-key session_token ApiToken credential"
    .split(" "),
];

const FORMS: Readonly<Record<string, (name: string, value: string) => string>> = {
  "a member": (name, value) => JSON.stringify({ [name]: value, z: 1 }),
  "a member in a string": (name, value) => JSON.stringify({ a: JSON.stringify({ [name]: value }) }),
  "a list": (name, value) => JSON.stringify({ [name]: ["x", value] }),
  "a pair": (name, value) => JSON.stringify([{ name, value }]),
  "YAML": (name, value) => `${name}: ${value}\nz: 1`,
  "a setting": (name, value) => `${name}=${value}\n`,
  "a shell's": (name, value) => `export ${name}="${value}"`,
  "a URL": (name, value) => `GET https://h/x?a=1&${name}=${value}&z=2 failed`,
  "a form": (name, value) => `model=x&${name}=${value}`,
  "a header": (name, value) => `${name}: ${value}\r\nx: y`,
  "a multipart form": (name, value) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--`,
  "a connection string": (name, value) => `Endpoint=x;${name}=${value};Suffix=y`,
};

for (const [form, write] of Object.entries(FORMS)) {
  Deno.test(`H14: hexadecimal, UUID and Base64 keys are masked behind a name in ${form}`, () => {
    for (const name of NAMES) {
      for (const { vendor, value } of namedCredentials()) {
        const text = shown(write(name, value));
        assert.ok(!text.includes(value.slice(5, 17)), `${name}, ${vendor}: ${text}`);
      }
    }
  });
}

const URLS: Readonly<Record<string, string>> = {
  "https://user:hunter2xyz@host/x": "https://user:****@host/x",
  "postgres://u:p%40ss%21word@db:5432/x": "postgres://u:****@db:5432/x",
  "https:\\/\\/user:hunter2xyz@h\\/": "https:\\/\\/user:****@h\\/",
  "redis://:hunter2xyz@h": "redis://:****@h",
  "https://0123456789abcdef0123@host/x.git": "https://01234****0123@host/x.git",
  "https%3A%2F%2Fuser%3Ahunter2xyz%40host": "https%3A%2F%2Fuser%3A****%40host",
};

for (const [url, masked] of Object.entries(URLS)) {
  Deno.test(`H14: what stands before the host is masked in ${url}`, () => {
    assert.equal(shown(`see ${url} there`), `see ${masked} there`);
  });
}

Deno.test("H14: private keys in PEM are masked, whole or cut, their line breaks escaped or not", () => {
  const heading = (word: string) => `-----${word} RSA PRIVATE KEY-----`;
  const [begin, end] = [heading("BEGIN"), heading("END")];
  assert.equal(shown(`${begin}\nMIIEabc\ndefg\n${end}\n`), `${begin}****${end}\n`);
  assert.equal(shown(`"${begin}\\nMIIEabc\\ndefg\\n${end}"`), `"${begin}****${end}"`);
  assert.equal(shown(`"${begin}\\nMIIEabc\\nde`), `"${begin}****`);
});

Deno.test("H14: HTTP Basic is masked where it decodes to a name and a password", () => {
  assert.equal(shown(`sent Basic ${btoa("user:pa55word-long")}`), "sent Basic ****");
  assert.equal(shown("Basic understanding-of-something"), "Basic understanding-of-something");
});

const ORDINARY = [
  "task-force-of-considerable-size sk-learn sk-estimator-doc-link-x key-value-store-implementation",
  "commit 3f786850e387550fdab836ed7e6dc881de23001b uuid 4f9c2f3e-6a0f-4a3b-9c59-0d8f1c3b7a11",
  '{"id":"4f9c2f3e-6a0f-4a3b-9c59-0d8f1c3b7a11","sha":"3f786850e387550fdab836ed7e6dc881de23001b"}',
  '{"session_id":"4f9c2f3e-6a0f-4a3b-9c59-0d8f1c3b7a11","prompt_cache_key":"user-1234567890-abcdef"}',
  "const apiKey = process.env.OPENAI_API_KEY;\nconst token = await getToken(user);\npassword: string;",
  "apiKey: config.apiKey,\nkey=value\nif (token == null) return; auth = None; secret=None",
  "the secret: patience is a virtue. Password: see below. token: a word",
  "PWD=/home/user1/project OLDPWD=/home/user2",
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
  '{"token":"Hello","logprob":-0.1,"max_tokens":1024,"key":"photos/2024/01/img-name.png"}',
  "npm_config_registry npm_package_config_name_something SKU12345 sessions/abcdef123456",
  "https://example.com/a@b?x=y mailto:a@b.c http://host:8080/x@y git@github.com:a/b.git",
  '"credentials":"include","auth":"inject","secret":null,"primary_key":"4f9c2f3e-6a0f-4a3b"',
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "x-ratelimit-remaining-tokens: 149984\nauthor: Jane Doe 12\nidempotency-key: stainless-node-retry-4f9c2f3e",
];

for (const text of ORDINARY) {
  Deno.test(`ordinary text stays as it is: ${text.slice(0, 60).replaceAll("\n", " ")}`, () => {
    assert.deepEqual(redactor.text(text), { text, masked: false });
  });
}
