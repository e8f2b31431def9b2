import assert from "node:assert/strict";
import type { RawHeaders } from "../../lib/wire/headers.ts";
import {
  keyInEntry,
  subprotocolKeys,
  swapSubprotocolKey,
  withoutSubprotocolKeys,
} from "../../lib/wire/subprotocol_keys.ts";

function offering(...values: readonly string[]): RawHeaders {
  return [["X", "1"], ...values.map((value) => ["Sec-WebSocket-Protocol", value] as const)];
}

const BROWSER = offering("realtime, openai-insecure-api-key.sk-1.2,openai-beta.realtime-v1");

Deno.test("keyInEntry() tells a labelled key from any other entry", () => {
  assert.deepEqual(keyInEntry(" my-token.abc "), { label: " my-token.", key: "abc" });
  for (const entry of ["realtime", "openai-beta.realtime-v1", "api-key", "api-key.", "bearer"]) {
    assert.equal(keyInEntry(entry), undefined, entry);
  }
});

Deno.test("subprotocolKeys() lists the keys of every line", () => {
  assert.deepEqual(subprotocolKeys([...BROWSER, ...offering("bearer.b")]), ["sk-1.2", "b"]);
  assert.deepEqual(subprotocolKeys([["authorization", "api-key.x"]]), []);
});

Deno.test("withoutSubprotocolKeys() leaves what is no unwanted key as it is", () => {
  assert.deepEqual(
    withoutSubprotocolKeys(BROWSER),
    offering("realtime,openai-beta.realtime-v1"),
  );
  assert.deepEqual(withoutSubprotocolKeys(BROWSER, (key) => key === "other"), BROWSER);
  assert.deepEqual(withoutSubprotocolKeys(offering("api-key.x")), offering());
});

Deno.test("swapSubprotocolKey() puts the key in the first place and clears the others", () => {
  assert.deepEqual(
    swapSubprotocolKey([...BROWSER, ["sec-websocket-protocol", "bearer.b, c"]], "sk-9"),
    [
      ...offering("realtime, openai-insecure-api-key.sk-9,openai-beta.realtime-v1"),
      ["sec-websocket-protocol", "c"],
    ],
  );
});

Deno.test("swapSubprotocolKey() leaves a request without such a key to others", () => {
  assert.equal(swapSubprotocolKey(offering("realtime"), "sk-9"), undefined);
});

Deno.test("swapSubprotocolKey() puts no key there that no entry can hold", () => {
  for (const key of ["a/b=", "a,b", "a b", ""]) {
    assert.equal(swapSubprotocolKey(BROWSER, key), undefined, key);
  }
});
