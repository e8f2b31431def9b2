/** `llm-proxy health`: exit status 0 where the program answers at `listen`, else 1 and why. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { health } from "../../lib/cli/health.ts";
import { runProgram, startProgram } from "../blackbox/program.ts";
import { CLOSED_PORT, startPeer } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { startSecureProxy } from "../secure_proxy.ts";

const PROXY = `backends: [{ name: any, url: "http://127.0.0.1:9" }]
models: { m: [{ backend: any, model: m }] }
`;

interface Given {
  readonly json?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
}

/** What the command prints of a file with this text, an error marked as such. */
async function healthOf(yaml: string, { env = {}, json = false, ...given }: Given = {}) {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-health-" });
  const config = join(directory, "config.yaml");
  const lines: string[] = [];
  const to = {
    out: (line: string) => void lines.push(line),
    err: (line: string) => void lines.push(`! ${line}`),
  };
  try {
    await Deno.writeTextFile(config, yaml);
    const code = await health({ config, json, env: (name) => env[name], ...given }, to);
    assert.equal(lines.length, 1, lines.join("\n"));
    const [line = ""] = lines;
    if (!json) assert.equal(code, line.startsWith("! ") ? 1 : 0);
    return { code, line };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const listen = (host: string) => `listen: "${host}"\n`;
const portOf = (url: string) => new URL(url).port;

Deno.test("health says in one line that the proxy answers", async () => {
  await using proxy = await startProxy(PROXY);
  const { host } = new URL(proxy.url);
  assert.deepEqual(await healthOf(`${listen(host)}${PROXY}`), {
    code: 0,
    line: `http://${host} answers.`,
  });
});

Deno.test("health -json says the same as data, well or not", async () => {
  await using proxy = await startProxy(PROXY);
  const { host } = new URL(proxy.url);
  const well = await healthOf(listen(host), { json: true });
  assert.deepEqual([well.code, JSON.parse(well.line)], [
    0,
    { healthy: true, url: `http://${host}`, message: `http://${host} answers.` },
  ]);
  const ill = await healthOf(listen(`127.0.0.1:${CLOSED_PORT}`), { json: true });
  assert.deepEqual([ill.code, JSON.parse(ill.line).healthy], [1, false]);
});

Deno.test("health needs no key where callers are known, and no place where all are taken", async () => {
  await using proxy = await startProxy(
    `${PROXY}clients: [{ name: a, key: "a-key-of-some-length-1" }]\nlimits: { max_concurrent: 1 }\n`,
  );
  assert.equal((await healthOf(listen(new URL(proxy.url).host))).code, 0);
});

Deno.test("health asks over TLS where tls is set, whatever name and root the certificate has", async () => {
  await using proxy = await startSecureProxy(PROXY);
  const { host } = new URL(proxy.current().tls === undefined ? "" : proxy.url);
  const yaml = `${listen(host)}tls: { cert: "\${NOT_SET}", key: /nowhere/key.pem }\n`;
  assert.deepEqual(await healthOf(yaml), { code: 0, line: `https://${host} answers.` });
});

Deno.test("health says where the file and the listener disagree on TLS", async () => {
  await using secure = await startSecureProxy(PROXY);
  await using plain = await startProxy(PROXY);
  const tls = `tls: { cert: c, key: k }\n`;
  const other = await healthOf(listen(new URL(secure.url).host));
  assert.match(other.line, /was tls put into the file since the proxy started\? Restart it then\./);
  const { line } = await healthOf(`${listen(new URL(plain.url).host)}${tls}`);
  assert.match(line, /^! https:\/\/\S+ (?:speaks no TLS|cannot be asked|is not answered)/);
});

/** Files that `check` refuses. */
const BROKEN: Readonly<Record<string, (host: string) => string>> = {
  "a key that is not known": (host) => `nonsense: 1\n${listen(host)}`,
  "a variable that is not set": (host) => `${listen(host)}backends: "\${NOT_SET}"\n`,
  "a quote without its end before": (host) => `backends: "\n${listen(host)}`,
  "a bracket without its end after": (host) => `${listen(host)}backends: [{ name: a\n`,
  "the same key twice": (host) => `models: {}\nmodels: {}\n${listen(host)}`,
  "CRLF": (host) => `models: [\r\n${listen(host).replace("\n", "\r\n")}`,
  "its key between quotes": (host) => `models: [\n"listen": '${host}'\n`,
  "an anchor": (host) => `x: &a "${host}"\nlisten: *a\n`,
  "listen elsewhere, too": (host) => `admin: { listen: "127.0.0.1:1" }\n${listen(host)}`,
  "tls elsewhere, or empty": (host) => `x: { tls: { cert: c } }\ntls:\n${listen(host)}`,
};

for (const [name, yaml] of Object.entries(BROKEN)) {
  Deno.test(`health finds the address in a file with ${name}`, async () => {
    await using proxy = await startProxy(PROXY);
    const { line } = await healthOf(yaml(new URL(proxy.url).host));
    assert.equal(line, `${proxy.url} answers.`);
  });
}

Deno.test("health replaces variables in listen alone", async () => {
  await using proxy = await startProxy(PROXY);
  const env = { PORT: portOf(proxy.url) };
  const yaml = 'listen: "127.0.0.1:${PORT}"\nbackends: ${OTHER}\n';
  assert.equal((await healthOf(yaml, { env })).code, 0);
  const { line } = await healthOf(yaml);
  assert.match(
    line,
    /^! .*config\.yaml: listen: the environment variable PORT is not set.*-config/,
  );
});

for (const host of ["", "0.0.0.0", "localhost", "LOCALHOST"]) {
  Deno.test(`health asks loopback where the proxy listens on ${JSON.stringify(host)}`, async () => {
    await using proxy = await startProxy(PROXY);
    const { line } = await healthOf(listen(`${host}:${portOf(proxy.url)}`));
    assert.equal(line, `${proxy.url} answers.`);
  });
}

const HAS_IPV6 = canListen("::1");

function canListen(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test({
  name: "health asks the loopback of IPv6 where the proxy has that alone",
  ignore: !HAS_IPV6,
  async fn() {
    await using proxy = await startProxy(`listen: "[::1]:0"\n${PROXY}`, { ledger: false });
    for (const host of ["[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "", "localhost"]) {
      const { line } = await healthOf(listen(`${host}:${portOf(proxy.url)}`));
      assert.equal(line, `http://[::1]:${portOf(proxy.url)} answers.`);
    }
  },
});

Deno.test("health says that nothing listens there, and what to do", async () => {
  for (const host of ["127.0.0.1", ""]) {
    assert.deepEqual(await healthOf(listen(`${host}:${CLOSED_PORT}`)), {
      code: 1,
      line: `! http://127.0.0.1:${CLOSED_PORT} does not answer: nothing listens there. Start ` +
        "llm-proxy, or look into its log for why it ended; if listen was changed since it started, " +
        "restart it.",
    });
  }
});

/** What else may be on that port. */
const STRANGERS: Readonly<Record<string, string>> = {
  "another server's page": "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n<ok>",
  "another server's refusal": "HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\nok",
  "no HTTP": "SSH-2.0-x\r\n",
  "an answer without end": "x".repeat(100_000),
};

for (const [name, bytes] of Object.entries(STRANGERS)) {
  Deno.test(`health does not take ${name} for the proxy`, async () => {
    await using peer = await startPeer(async ({ write, close }) => {
      await write(bytes);
      close();
    });
    const { line } = await healthOf(listen(`127.0.0.1:${peer.port}`));
    assert.match(line, /^! http:\/\/127\.0\.0\.1:\d+ is not answered by llm-proxy/);
  });
}

Deno.test("health gives up on a listener that says nothing", async () => {
  await using peer = await startPeer(() => {});
  for (const tls of ["", "tls: { cert: c, key: k }\n"]) {
    const { line } = await healthOf(`${listen(`127.0.0.1:${peer.port}`)}${tls}`, { withinMs: 50 });
    assert.match(line, /does not answer within 0\.05 s\. It may be stuck/);
  }
});

Deno.test("health says what of the file keeps it from asking", async () => {
  assert.match((await healthOf('listen: ":0"\n')).line, /^! listen has port 0 in .*config\.yaml/);
  assert.match((await healthOf("listen: 8080\n")).line, /^! .*listen must be host:port/);
  const lines: string[] = [];
  const to = { out: () => {}, err: (line: string) => void lines.push(line) };
  assert.equal(await health({ config: "/nowhere/config.yaml", json: false }, to), 1);
  assert.match(lines.join(), /^\/nowhere\/config\.yaml: the file does not exist.*-config\.$/);
});

Deno.test("health does its work with the program's permissions, also over TLS", async () => {
  await using secure = await startSecureProxy(PROXY);
  const file = join(secure.directory, "asked.yaml");
  await Deno.writeTextFile(file, `${listen(new URL(secure.url).host)}tls: { cert: c, key: k }\n`);
  assert.deepEqual(await runProgram(["health", "-config", file]), {
    code: 0,
    stdout: `https://${new URL(secure.url).host} answers.\n`,
    stderr: "",
  });
  assert.equal((await runProgram(["health", "now"])).code, 2);
});

Deno.test("health asks a running program, and says that it has ended", async () => {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-health-" });
  const file = join(directory, "config.yaml");
  await Deno.writeTextFile(file, `${listen("127.0.0.1:0")}${PROXY}admin: { listen: "" }\n`);
  const program = await startProgram(["-config", file]);
  await Deno.writeTextFile(file, listen(new URL(program.url).host));
  assert.equal((await runProgram(["health", "-config", file])).code, 0);
  await program[Symbol.asyncDispose]();
  const { code, stdout, stderr } = await runProgram(["health", "-config", file]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /nothing listens there/);
  await Deno.remove(directory, { recursive: true });
});
