import assert from "node:assert/strict";
import { receive } from "../../lib/wire/receive.ts";
import { sendsElsewhere } from "../../lib/wire/sent_names.ts";
import { incomingOf } from "../incoming.ts";

interface Given {
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whether a request with this body holds the name `m-b` elsewhere than where its model stands. */
async function sends(body: string, { target = "/v1/chat/completions", headers }: Given = {}) {
  const json = { "content-type": "application/json", ...headers };
  const incoming = incomingOf({ target, headers: Object.entries(json), body });
  const received = await receive(incoming, { maxBodyBytes: 1 << 22 });
  return received.kind === "received"
    ? sendsElsewhere(received, "m-b")
    : assert.fail(received.kind);
}

Deno.test("sendsElsewhere() passes over the model's own place, and prose that mentions it", async () => {
  for (
    const body of [
      `{"model":"m-b","messages":[]}`,
      `{"model":"chat","messages":[{"role":"system","content":"You are m-b."}]}`,
      `{"model":"chat","messages":[{"role":"user","content":"model: m-b does not exist"}]}`,
    ]
  ) assert.equal(await sends(body), false, body);
});

Deno.test("sendsElsewhere() finds a name that is a whole value or key, however it is spelt", async () => {
  for (
    const body of [
      `{"model":"chat","tools":[{"type":"image","model":"m-b"}]}`,
      `{"model":"chat","a":{"b":[{"c":"\\u006d-b"}]}}`,
      `{"model":"chat","a":{"m-b":1}}`,
      `{"model":"chat","a":"models/M-B"}`,
      `{"model":"chat","a":" m-b "}`,
    ]
  ) assert.equal(await sends(body), true, body);
});

Deno.test("sendsElsewhere() looks at the target and the headers, too", async () => {
  const body = `{"model":"chat"}`;
  assert.equal(await sends(body, { target: "/v1/chat/completions?tool=m%2Db" }), true);
  assert.equal(await sends(body, { target: "/v1/chat/completions?model=m-b" }), false);
  assert.equal(await sends(body, { headers: { "x-tool-model": "m-b" } }), true);
});

Deno.test("sendsElsewhere() takes for sent what it does not read", async () => {
  assert.equal(await sends(`{"model":"chat","a":"${"x".repeat(1024 * 1024)}"}`), true);
});
