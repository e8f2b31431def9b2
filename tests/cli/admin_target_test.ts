/** Where the live commands ask, and what they say where nobody understands them: `cases 14`. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { cooldowns } from "../../lib/cli/cooldowns.ts";
import { startStage as startAdmin } from "../admin/stage.ts";
import { runProgram } from "../blackbox/program.ts";
import { AUTHORITY, KEY, RIGHT } from "../faults/certificates.ts";
import { CLOSED_PORT } from "../peer.ts";

const TOKEN = "a-token-of-some-length";
const PROXY = `backends: [{ name: any, url: "http://127.0.0.1:9" }]
models: { m: [{ backend: any, model: m }] }
fallback: { stored_ids_file: "" }
history: { file: "" }
logging: { request_dir: "", error_dir: "", general_file: "" }
`;

/** A running admin port, and what the command says of it. */
async function startPort(token = TOKEN) {
  const stack = new AsyncDisposableStack();
  const stage = stack.use(
    await startAdmin(`${PROXY}admin: { listen: "127.0.0.1:0", token: "${token}" }\n`),
  );
  const config = join(stage.directory, "written.yaml");
  return {
    url: stage.admin.url,
    host: new URL(stage.admin.url).host,
    directory: stage.directory,
    config,
    /** @param yaml the configuration file */
    async ask(yaml: string, given: Ask = {}) {
      await Deno.writeTextFile(config, yaml);
      return await ask({ config, ...given });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

interface Ask {
  readonly config?: string;
  readonly admin?: string;
  readonly tokenFile?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function ask({ config = "none.yaml", env = {}, ...given }: Ask): Promise<string> {
  const lines: string[] = [];
  const screen = {
    out: (line: string) => void lines.push(line),
    err: (line: string) => void lines.push(`! ${line}`),
    write: () => {},
    coloured: false,
  };
  const code = await cooldowns({ config, json: false, env: (name) => env[name], ...given }, screen);
  assert.equal(lines.length, 1, lines.join("\n"));
  const [line = ""] = lines;
  assert.equal(code, line.startsWith("! ") ? 1 : 0);
  assert.ok(!line.includes(TOKEN), "no line shows a token");
  return line;
}

const NONE = "Nothing is cooling.";
const admin = (host: string, token = TOKEN) => `admin: { listen: "${host}", token: "${token}" }`;
const BLOCK = (host: string) =>
  `admin:\n  # where\n  listen: ${host}\n\n  token: '${TOKEN}' # secret\n`;

/** Files that `check` refuses, each with the section in it. */
const BROKEN: Readonly<Record<string, (host: string) => string>> = {
  "a key that is not known": (host) => `nonsense: 1\n${admin(host)}\n`,
  "a variable that is not set": (host) =>
    `${PROXY.replace("http://", "${NOT_SET}")}${admin(host)}\n`,
  "a file that is not there": (host) => `x: "\${file:./gone}"\n${admin(host)}\n`,
  "a quote without its end before": (host) => `backends: "\n${BLOCK(host)}`,
  "a bracket without its end before": (host) => `backends: [{ name: a\n${BLOCK(host)}models: {}\n`,
  "a bracket without its end after": (host) => `${BLOCK(host)}backends: [{ name: a\n`,
  "a tab in the indentation elsewhere": (host) => `models:\n\t- x\n${BLOCK(host)}`,
  "the same key twice": (host) => `models: {}\nmodels: {}\n${BLOCK(host)}`,
  "CRLF": (host) => `models: [\r\n${BLOCK(host).replaceAll("\n", "\r\n")}`,
  "a section between quotes": (host) => `models: [\n${BLOCK(host).replace("admin", '"admin"')}`,
  "a section over lines in braces": (host) =>
    `models: "\nadmin: {\n  listen: "${host}",\n  token: ${TOKEN}\n}\nbackends: []\n`,
  "an anchor": (host) => `x: &a { listen: "${host}", token: ${TOKEN} }\nadmin: *a\n`,
  "nothing else": (host) => `${admin(host)}\n`,
};

for (const [name, yaml] of Object.entries(BROKEN)) {
  Deno.test(`cases 14: the admin port is found in a file with ${name}`, async () => {
    await using port = await startPort();
    assert.equal(await port.ask(yaml(port.host)), NONE);
  });
}

Deno.test("cases 14: the token may be a variable or a file, and only they must be there", async () => {
  await using port = await startPort();
  await Deno.writeTextFile(join(port.directory, "token"), `${TOKEN}\n`);
  const variable = admin(port.host, "${DASH}");
  assert.equal(await port.ask(variable, { env: { DASH: TOKEN } }), NONE);
  assert.equal(await port.ask(admin(port.host, "${file:./token}")), NONE);
  assert.match(
    await port.ask(variable),
    /^! .*written\.yaml: admin\.token: the environment variable DASH is not set.*LLM_PROXY_ADMIN_TOKEN/,
  );
  assert.equal(await port.ask(variable, { env: { LLM_PROXY_ADMIN_TOKEN: TOKEN } }), NONE);
  assert.equal(await port.ask(variable, { tokenFile: join(port.directory, "token") }), NONE);
  assert.match(
    await port.ask(admin("${WHERE}"), { env: {} }),
    /admin\.listen: the environment variable WHERE is not set.*-admin/,
  );
});

Deno.test("cases 14: -admin needs no file, and takes its token from the environment or a file", async () => {
  await using port = await startPort();
  const env = { LLM_PROXY_ADMIN_TOKEN: TOKEN };
  for (const given of [port.url, `${port.url}/`, port.host]) {
    assert.equal(await ask({ admin: given, env }), NONE);
  }
  const tokenFile = join(port.directory, "token");
  await Deno.writeTextFile(tokenFile, `${TOKEN}\r\n`);
  assert.equal(await ask({ admin: port.url, tokenFile }), NONE);
  assert.match(
    await ask({ admin: port.url }),
    /wants its token \(admin\.token\): set LLM_PROXY_ADMIN_TOKEN/,
  );
  assert.match(
    await ask({ admin: port.url, env: { LLM_PROXY_ADMIN_TOKEN: "another-token-of-length" } }),
    /does not know the token of LLM_PROXY_ADMIN_TOKEN/,
  );
  assert.match(
    await ask({ admin: port.url, tokenFile: "/nowhere/at/all" }),
    /^! -token-file \/nowhere\/at\/all: the file does not exist/,
  );
});

for (const given of ["ftp://x", "http://", "http://u:p@x", "http://x/?token=1", "x y"]) {
  Deno.test(`cases 14: -admin refuses ${given}`, async () => {
    assert.match(await ask({ admin: given }), /^! -admin takes (?:a URL|no user)/);
  });
}

Deno.test("cases 14: a missing file names -config and -admin", async () => {
  assert.match(await ask({}), /^! none\.yaml: the file does not exist.*-config.*-admin\.$/);
});

/** What stands where an admin port is looked for, and what is said of it. */
async function standIn(
  respond: { status: number; body?: string; headers?: Record<string, string> },
  secure = false,
) {
  const handler: Parameters<typeof createServer>[1] = (_, response) => {
    response.writeHead(respond.status, respond.headers ?? {});
    response.end(respond.body);
  };
  const server = secure
    ? createSecureServer({ cert: RIGHT, key: KEY }, handler)
    : createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const STRANGERS = {
  "a page": [{ status: 200, body: "<html>" }, /is not the admin port of llm-proxy \(status 200\)/],
  "another JSON": [{ status: 200, body: "[]" }, /is not the admin port of llm-proxy/],
  "an API's error": [
    { status: 404, body: `{"error":{"message":"no such path","type":"invalid_request_error"}}` },
    /is not the admin port of llm-proxy \(status 404\)/,
  ],
  "a redirect": [
    { status: 302, headers: { location: "https://sso.example/login?secret=1" } },
    /sends elsewhere, to https:\/\/sso\.example\/login: name that with -admin\.$/,
  ],
  "another version": [
    { status: 200, body: `{"version":"9.9.9"}` },
    /is llm-proxy 9\.9\.9, and this is \d/,
  ],
  "a gate before it": [{ status: 401, body: "who?" }, /refuses \(status 401\)/],
  "what steers a terminal": [
    { status: 409, body: `{"error":{"code":"x","message":"\\u001b[2J"}}` },
    /^! \\u\{1b\}\[2J$/,
  ],
} as const;

for (const [name, [respond, words]] of Object.entries(STRANGERS)) {
  Deno.test(`cases 14: a command says in a line that it met ${name}`, async () => {
    await using stranger = await standIn(respond);
    assert.match(await ask({ admin: stranger.host }), words);
  });
}

Deno.test("cases 14: a command says that nothing listens there", async () => {
  assert.match(
    await ask({ admin: `127.0.0.1:${CLOSED_PORT}` }),
    /^! No proxy answers on 127\.0\.0\.1:\d+ \(-admin\): nothing listens there\. Is it running\?$/,
  );
});

Deno.test("cases 14: http where https is spoken, and the reverse, are told apart", async () => {
  await using plain = await startPort();
  const secureUrl = plain.url.replace("http:", "https:");
  assert.match(
    await ask({ admin: secureUrl }),
    new RegExp(`It answers as ${plain.url}: name that`),
  );
  await using secure = await standIn({ status: 200, body: "ok" }, true);
  assert.match(await ask({ admin: secure.host }), /It speaks https: name https:\/\/127/);
  assert.match(
    await ask({ admin: `https://${secure.host}` }),
    /certificate is not trusted.*DENO_CERT/,
  );
});

Deno.test("a certificate that DENO_CERT does not fit is told of with the file in force", async () => {
  await using secure = await standIn({ status: 200, body: "ok" }, true);
  const before = Deno.env.get("DENO_CERT");
  Deno.env.set("DENO_CERT", "other-root.pem");
  try {
    assert.match(
      await ask({ admin: `https://${secure.host}` }),
      /not trusted \(.+\); DENO_CERT=other-root\.pem is in force, and its root is not in that file/,
    );
  } finally {
    if (before === undefined) Deno.env.delete("DENO_CERT");
    else Deno.env.set("DENO_CERT", before);
  }
});

Deno.test("cases 14: the port is reached through a proxy with TLS, under a path", async () => {
  await using port = await startPort();
  const front = createSecureServer({ cert: RIGHT, key: KEY }, async (incoming, response) => {
    const path = /^\/tools\/llm(\/.*)$/.exec(incoming.url ?? "")?.[1] ?? "/none";
    const { authorization = "" } = incoming.headers;
    const got = await fetch(`${port.url}${path}`, { headers: { authorization } });
    response.writeHead(got.status).end(await got.text());
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const { port: number } = front.address() as AddressInfo;
  const roots = join(port.directory, "roots.pem");
  await Deno.writeTextFile(roots, AUTHORITY);
  const { code, stdout, stderr } = await runProgram(
    ["cooldowns", "-admin", `https://localhost:${number}/tools/llm/`],
    { env: { LLM_PROXY_ADMIN_TOKEN: TOKEN, DENO_CERT: roots } },
  );
  front.closeAllConnections();
  await new Promise((resolve) => front.close(resolve));
  assert.deepEqual([code, stdout, stderr], [0, `${NONE}\n`, ""]);
});
