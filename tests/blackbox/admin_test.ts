import assert from "node:assert/strict";
import { callRaw, connectTo, requestBytes } from "../caller.ts";
import { chain } from "../chain.ts";
import { CONTENT, reply, startPausing, startReplier } from "../peer.ts";
import { makeHome, runProgram, startProgram } from "./program.ts";

const DASHBOARD = / INFO +Dashboard on (http:\/\/127\.0\.0\.1:\d+)$/m;

Deno.test("the program serves the dashboard, its code and style with it", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using home = await makeHome(chain({ backend }, 'admin: { listen: "127.0.0.1:0" }'));
  await using program = await startProgram(["-config", home.configFile]);
  await program.logged(DASHBOARD);
  const [, url = ""] = DASHBOARD.exec(program.log) ?? [];
  const types = { "/": "text/html", "/app.js": "text/javascript", "/app.css": "text/css" };
  for (const [path, type] of Object.entries(types)) {
    const response = await fetch(url + path);
    assert.equal(response.status, 200, path);
    assert.ok(response.headers.get("content-type")?.startsWith(type), path);
    assert.ok((await response.bytes()).length > 300, path);
  }
  await callRaw(program.url, { body: `{"model":"chat"}` });
  const { rows: [row] } = await (await fetch(`${url}/api/requests`)).json();
  assert.equal(row.alias, "chat");
});

Deno.test("the program does not start where admin.listen is taken", async () => {
  await using other = await startReplier("");
  await using backend = await startReplier("");
  const yaml = chain({ backend }, `admin: { listen: "127.0.0.1:${other.port}" }`);
  await using home = await makeHome(yaml);
  const { code, stdout, stderr } = await runProgram(["-config", home.configFile]);
  assert.equal(code, 1);
  // The signs of a start, which a supervisor waits for.
  assert.doesNotMatch(stdout, /listening/);
  assert.doesNotMatch(stderr, /Started with/);
  assert.match(
    stderr,
    /^Cannot listen on 127\.0\.0\.1:\d+: the address is in use\. Stop the other program, or change admin\.listen in .*config\.yaml\.$/m,
  );
});

Deno.test("the program serves without a dashboard where its default port is taken", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using home = await makeHome(chain({ backend }, "admin: {}"));
  // Somebody else on this machine may have it already, which is as good if it stays so.
  using holder = await heldFor(5_000, 8081);
  await using program = await startProgram(["-config", home.configFile]);
  await program.logged(
    / WARN +No dashboard: cannot listen on 127\.0\.0\.1:8081: .*change admin\.listen/,
  );
  assert.equal((await callRaw(program.url, { body: `{"model":"chat"}` })).status, 200);
  assert.ok(holder === undefined || holder.addr.transport === "tcp");
});

Deno.test("the admin port's /health says 503 while the proxy drains", async () => {
  const release = Promise.withResolvers<void>();
  await using backend = await startPausing(release.promise);
  await using home = await makeHome(chain({ backend }, 'admin: { listen: "127.0.0.1:0" }'));
  await using program = await startProgram(["-config", home.configFile]);
  await program.logged(DASHBOARD);
  const [, url = ""] = DASHBOARD.exec(program.log) ?? [];
  await using caller = await connectTo(program.url);
  await caller.send(requestBytes({ body: `{"model":"chat","stream":true}` }));
  await caller.until(CONTENT);
  await using watching = await connectTo(url);
  await watching.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await watching.until("event: now");
  program.signal("SIGTERM");
  await program.logged(/no new connections/);
  const { status } = await callRaw(url, { method: "GET", target: "/health" });
  assert.equal(status, 503);
  await watching.until('"isDraining":true');
  release.resolve();
  assert.equal((await program.exited).code, 0);
});

/** The port, once nobody else has it; undefined where somebody has it for that time. */
async function heldFor(ms: number, port: number): Promise<Deno.Listener | undefined> {
  for (const until = performance.now() + ms; performance.now() < until;) {
    try {
      return Deno.listen({ hostname: "127.0.0.1", port });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return undefined;
}
