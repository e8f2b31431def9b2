import assert from "node:assert/strict";
import { callRaw } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { makeHome, startProgram } from "./program.ts";

/** What a browser sends for a page elsewhere that links, shows, loads or opens something here. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  "a picture": ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"],
  "a link": ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-User: ?1"],
  "another port": ["sec-fetch-site: same-site", "Sec-Fetch-Mode: no-cors"],
  "a script": ["Sec-Fetch-Site: cross-site", "Origin: https://page.example"],
  "a frame without an origin": ["Sec-Fetch-Site: cross-site", "Origin: null"],
  "a WebSocket": [
    "Connection: upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Version: 13",
    "Sec-Fetch-Site: cross-site",
  ],
};

Deno.test("H15: no page of another site's spends an injected key, by whatever it asks", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  const yaml = chain({ backend }, "default_backend: backend")
    .replace("name: backend,", "name: backend, auth: inject, api_key: sk-own-0123456789,");
  await using home = await makeHome(yaml);
  await using program = await startProgram(["-config", home.configFile]);
  for (const [what, lines] of Object.entries(FOREIGN)) {
    for (const method of what === "a WebSocket" ? ["GET"] : ["GET", "HEAD", "POST"]) {
      const body = method === "POST" ? `{"model":"chat"}` : "";
      const got = await callRaw(program.url, { method, target: "/v1/files", lines, body });
      assert.equal(got.status, 403, `${method} by ${what}`);
    }
  }
  assert.equal(backend.requests.length, 0);
  const typed = { method: "GET", target: "/v1/files", lines: ["Sec-Fetch-Site: none"] };
  assert.equal((await callRaw(program.url, typed)).status, 200);
  assert.equal((await callRaw(program.url, { ...typed, lines: [] })).status, 200);
});
