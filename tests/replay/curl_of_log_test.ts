import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { startStage as startAdminStage } from "../admin/stage.ts";
import { replay } from "../../lib/cli/replay.ts";
import { callRaw, connectTo, type RawRequest } from "../caller.ts";
import { type Peer, reply, type SeenRequest, startReplier } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";
import { ODD_BODIES, ODD_HEADERS, ODD_TARGETS } from "./odd_requests.ts";
import { HAS_CURL, runLine } from "./shell.ts";
import { withoutDoubledSlashes } from "../../lib/wire/join_url.ts";

const ignore = !HAS_CURL || Deno.build.os === "windows";
const KEY = "sk-canary-0123456789abcdef";
const OURS = "sk-ours-0123456789abcdef";

const yamlFor = ({ url }: Peer) =>
  `backends: [{ name: one, url: "${url}" }]
models: { chat: [{ backend: one, model: real }] }
default_backend: one
fallback: { stored_ids_file: "" }
logging: { max_body_kb: 1000 }
limits: { max_body_mb: 4 }
`;

/** What `replay -curl` prints, or why it prints nothing. */
async function curlOfLog(proxy: TestProxy, { log, yaml, backend, at = proxy.url }: {
  readonly log: string;
  readonly yaml: string;
  /** Where the proxy is said to listen. */
  readonly at?: string;
  readonly backend?: string;
}) {
  const [file, config] = [join(proxy.directory, "a.log"), join(proxy.directory, "replay.yaml")];
  await Deno.writeTextFile(file, log);
  await Deno.writeTextFile(config, `listen: "${new URL(at).host}"\n${yaml}`);
  const said = { out: [] as string[], err: [] as string[] };
  const code = await replay({ file, config, backend, curl: true }, {
    out: (line) => said.out.push(line),
    err: (line) => said.err.push(line),
    write: () => assert.fail("nothing is sent"),
    env: () => undefined,
  });
  return { code, line: said.out.join("\n"), err: said.err.join("\n") };
}

/** What arrives where a line leads, but for the hop's own and who called. */
function gotten({ method, target, headers, body }: SeenRequest) {
  const fields = headers.filter(([name]) => !OWN.test(name)).map((field) =>
    field.join(": ").trim()
  );
  // The log has the target as it went on.
  const passed = withoutDoubledSlashes(target);
  return { method, target: passed, fields, body: Buffer.from(body).toString("latin1") };
}

const OWN = /^(?:host|content-length|connection|authorization|cookie|transfer-encoding)$/i;

/** The same of what a caller sent. */
function sent({ method = "POST", target = TARGET, lines = [], body = "" }: RawRequest) {
  const fields = lines.map((line) => line.trim()).filter((line) =>
    !OWN.test(line.split(":")[0] ?? "")
  );
  // The log has the target as it went on.
  const passed = withoutDoubledSlashes(target);
  return { method, target: passed, fields, body: Buffer.from(body as string).toString("latin1") };
}

const TARGET = "/v1/chat/completions";

/** Requests that a caller may make, each with one thing odd. */
function oddRequests(): readonly RawRequest[] {
  const authorization = `Authorization: Bearer ${KEY}`;
  const plain = { lines: [authorization, "Host: evil.example"], body: `{"model":"chat"}` };
  const lineOf = ([name, value]: readonly [string, string]) => `${name}: ${value}`;
  return [
    ...ODD_BODIES.filter((body) => body.length > 0 && body.length < 200_000)
      .map((body) => ({ ...plain, body })),
    // The bytes of a target are the caller's to encode.
    ...ODD_TARGETS.filter((target) => /^[!-~]+$/.test(target)).map((target) => ({
      ...plain,
      target,
    })),
    ...ODD_HEADERS.map((header) => ({ ...plain, lines: [authorization, lineOf(header)] })),
  ];
}

/** One request on a connection of its own, with the only Host that it names. */
async function call(proxy: { readonly url: string }, request: RawRequest): Promise<void> {
  const { lines = [], body = "", target = TARGET, method = "POST" } = request;
  const bytes = Buffer.from(body as string);
  const hosts = lines.some((line) => line.startsWith("Host:")) ? [] : ["Host: a"];
  const head = [`${method} ${target} HTTP/1.1`, ...hosts, ...lines];
  await using caller = await connectTo(proxy.url);
  await caller.send(`${head.join("\r\n")}\r\nContent-Length: ${bytes.length}\r\n\r\n`);
  await caller.send(bytes);
  await caller.reply();
}

Deno.test({
  name: "H5: replay -curl of a real log sends what was logged, or says why not",
  ignore,
  async fn() {
    await using peer = await startReplier(reply(200, `{"choices":[{"message":{"content":"a"}}]}`));
    // Stands where the proxy does, so that what the proxy would refuse is seen too.
    await using recorder = await startReplier(reply(200, `{"ok":1}`, { connection: "close" }));
    const yaml = yamlFor(peer);
    await using proxy = await startProxy(yaml);
    for (const request of oddRequests()) {
      const before = recorder.requests.length;
      proxy.pass(1);
      await call(proxy, request);
      const log = (await proxy.logs()).at(-1) ?? assert.fail("no log");
      const { code, line, err } = await curlOfLog(proxy, { log, yaml, at: recorder.url });
      if (code !== 0) {
        assert.match(err, /is binary and not in the log/);
        assert.ok(!isText(request.body));
        continue;
      }
      assert.doesNotMatch(line, /Host: evil\.example|canary|\*{4}/);
      const ran = await runLine(line, { LLM_PROXY_KEY: OURS });
      assert.deepEqual(ran.made, []);
      const seen = recorder.requests[before] ??
        assert.fail(`${ran.stderr} ${line.slice(0, 900)}`);
      assert.deepEqual(gotten(seen), sent(request));
      assert.match(seen.head, new RegExp(`^authorization: Bearer ${OURS}$`, "im"));
    }
    assert.ok(recorder.requests.length > 100, `only ${recorder.requests.length}`);
  },
});

function isText(body: RawRequest["body"] = ""): boolean {
  const bytes = Buffer.from(body as string);
  return Buffer.from(bytes.toString("utf8")).equals(bytes);
}

Deno.test("H5: replay -curl has no key of the configuration's in its line", async () => {
  await using peer = await startReplier(reply(200, `{"choices":[{"message":{"content":"a"}}]}`));
  const yaml = yamlFor(peer).replace(
    "name: one,",
    "name: one, auth: inject, api_key: sk-own-0123456789, " +
      "headers: { set: { X-Gateway-Token: gateway-secret-1, X-Tenant: us } },",
  );
  await using proxy = await startProxy(yaml);
  await callRaw(proxy.url, { body: `{"model":"chat"}` });
  const [log = ""] = await proxy.logs();
  const { line } = await curlOfLog(proxy, { log, yaml, backend: "one" });
  assert.doesNotMatch(line, /sk-own|gateway-secret/);
  assert.match(line, /Bearer '"\$LLM_PROXY_KEY"/);
  assert.match(line, /'X-Gateway-Token: '"\$LLM_PROXY_X_GATEWAY_TOKEN"/);
  assert.match(line, /'X-Tenant: us'/);
  assert.ok(line.includes(peer.url), line);
});

Deno.test({
  name: "H5: GET /api/requests/ID/curl gives the dashboard the line that replay -curl prints",
  ignore,
  async fn() {
    await using peer = await startReplier(reply(200, `{"choices":[{"message":{"content":"a"}}]}`));
    await using stage = await startAdminStage(yamlFor(peer));
    const lines = [`Authorization: Bearer ${KEY}`];
    const request = { lines: [...lines, "Host: evil.example"], body: "@/etc/hostname" };
    await call(stage, request);
    await stage.state.journal.flush();
    const { rows: [row] } = await (await fetch(`${stage.admin.url}/api/requests`)).json();
    const answer = await fetch(`${stage.admin.url}/api/requests/${row.id}/curl`);
    const { line, notes } = await answer.json();
    assert.deepEqual(notes, []);
    assert.ok(line.includes(` --url '${stage.url}${TARGET}' `), line);
    assert.match(line, /^curl -q .* --data-raw '@\/etc\/hostname'$/);
    await runLine(line.replace(stage.url, peer.url), { LLM_PROXY_KEY: OURS });
    const [seen = assert.fail(line)] = peer.requests;
    assert.deepEqual(gotten(seen), sent(request));
  },
});
