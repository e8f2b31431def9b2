/** Codex: how it asks. https://github.com/openai/codex */
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { callRaw } from "../caller.ts";
import { RESPONSE } from "../contract/openai_replies.ts";
import { within } from "../contract/providers.ts";
import { reply } from "../peer.ts";
import { openaiCall } from "./calls.ts";
import type { Check } from "./check.ts";
import { expect, expectOnlyModelChanged, expectStatus, firstOf } from "./expect.ts";

/** Any other answer costs it 5 to 20 s of tries. */
const AT_ONCE_MS = 1000;

const UPGRADE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "OpenAI-Beta: responses_websockets=2026-02-06",
];

export const CODEX_REQUESTS: readonly Check[] = [
  {
    name: "Codex: an upgrade of GET /v1/responses gets 426 at once, and no backend sees it",
    async run({ url, key }, backends) {
      backends.play(({ close }) => close());
      const lines = [...UPGRADE, `Authorization: Bearer ${key}`];
      const request = { method: "GET", target: "/v1/responses", lines };
      const answer = await within(callRaw(url, request), AT_ONCE_MS, "an answer to the upgrade");
      expectStatus(answer, 426);
      expect(backends.arrived.length === 0, "a backend was asked first");
    },
  },
  {
    name: "Codex: a zstd body arrives in zstd, changed by its model and no other byte",
    async run(gateway, backends) {
      backends.play(({ write }) => write(reply(200, JSON.stringify(RESPONSE))));
      const alias = gateway.models.openai;
      const text = `{ "model":${JSON.stringify(alias)}, "input":"Gr\\u00fc\\u00dfe",  "n":1.0 }`;
      const body = zlib.zstdCompressSync(Buffer.from(text));
      const lines = ["Content-Encoding: zstd"];
      expectStatus(await callRaw(gateway.url, openaiCall(gateway, { body, lines })), 200);
      const request = firstOf(backends.arrived);
      const coding = request.headers.find(([name]) => /^content-encoding$/i.test(name))?.[1];
      expect(coding === "zstd", `the backend got it with content-encoding ${coding ?? "missing"}`);
      expectOnlyModelChanged(zlib.zstdDecompressSync(request.body), text, alias);
    },
  },
];
