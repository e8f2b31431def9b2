import assert from "node:assert/strict";
import { scanTopLevel } from "../../lib/wire/json_scan.ts";
import { WantedKeys } from "../../lib/wire/wanted_keys.ts";

/** A body that counts how many of its bytes are looked at: by index, by a native method, or by words. */
interface Counted {
  readonly body: Uint8Array;
  readonly looks: () => number;
  /** Runs with every array of words that is made counting the bytes that are read of it. */
  readonly run: (act: () => void) => void;
}

function counted(bytes: Uint8Array): Counted {
  let looks = 0;
  const methods: Partial<Record<string | symbol, unknown>> = {
    indexOf(byte: number, from: number): number {
      const found = bytes.indexOf(byte, from);
      looks += (found < 0 ? bytes.length : found + 1) - from;
      return found;
    },
    // Looks at nothing; what is read of its memory by words counts there.
    subarray: (start: number, end: number): Uint8Array => bytes.subarray(start, end),
  };
  const body = new Proxy(bytes, {
    get(_target, property) {
      if (property === "length" || property === "byteOffset") return bytes[property];
      if (typeof property === "string" && /^\d+$/.test(property)) {
        looks++;
        return bytes[Number(property)];
      }
      assert.ok(property in methods, `the scan uses ${String(property)}, which is not counted`);
      return methods[property];
    },
  });
  const { Int32Array: words } = globalThis;
  const counting = new Proxy(words, {
    construct(target, args) {
      return new Proxy(Reflect.construct(target, args), {
        get(made, property) {
          if (typeof property === "string" && /^\d+$/.test(property)) looks += 4;
          return Reflect.get(made, property);
        },
      });
    },
  });
  const run = (act: () => void) => {
    globalThis.Int32Array = counting;
    try {
      act();
    } finally {
      globalThis.Int32Array = words;
    }
  };
  return { body, looks: () => looks, run };
}

function looks(text: string): number {
  const { body, looks, run } = counted(new TextEncoder().encode(text));
  run(() => scanTopLevel(body, new WantedKeys(["model", "stream"])));
  return looks();
}

/** Bodies made to be slow to scan, by size. */
const shapes: Readonly<Record<string, (size: number) => string>> = {
  "plain text": (size) => `{"a":"${"a".repeat(size)}"}`,
  "a run of backslashes": (size) => `{"a":"${"\\\\".repeat(size)}"}`,
  "a run of backslashes that is never closed": (size) => `{"a":"${"\\".repeat(size)}`,
  "escaped quotes": (size) => `{"a":"${'\\"'.repeat(size)}"}`,
  "escaped quotes behind growing runs": (size) =>
    `{"a":"${
      Array.from({ length: size / 10 }, (_, i) => "\\".repeat(i % 40 * 2 + 1) + '"').join("")
    }"}`,
  "escaped quotes far apart": (size) => `{"a":"${(" ".repeat(100) + '\\"').repeat(size / 10)}"}`,
  "a string never closed": (size) => `{"a":["",${'"",'.repeat(size)}"`,
  "strings that are long enough for words": (size) =>
    `{"a":[${`"${"a".repeat(30)}",`.repeat(size / 10)}""]}`,
  "empty strings": (size) => `{"a":[${'"",'.repeat(size)}""]}`,
  "brackets": (size) => `{"a":${"[".repeat(size)}${"]".repeat(size)}}`,
  "brackets never closed": (size) => "[".repeat(size),
  "nested objects": (size) => `${'{"a":'.repeat(size)}1${"}".repeat(size)}`,
  "spaces": (size) => `${" ".repeat(size)}{ }${" ".repeat(size)}`,
  "spaces between closing brackets": (size) => `${"[".repeat(size)}${"] ".repeat(size)}`,
  "a long number": (size) => `{"a":${"1".repeat(size)}}`,
  "many keys": (size) => `{${'"k":0,'.repeat(size)}"k":0}`,
  "many keys with an escape": (size) => `{${'"\\u006b":0,'.repeat(size)}"k":0}`,
  "a long key with an escape": (size) => `{"\\n${"k".repeat(size)}":0}`,
  "many models": (size) => `{${'"model":0,'.repeat(size)}"model":0}`,
};

for (const [shape, make] of Object.entries(shapes)) {
  Deno.test(`F109: scanTopLevel() looks at twice the bytes of a body twice as long: ${shape}`, () => {
    const [short, long] = [make(2_000), make(4_000)];
    assert.ok(looks(short) >= short.length - 1, "every byte is looked at");
    assert.ok(looks(long) <= 2 * looks(short) + 50, `${looks(short)} grew to ${looks(long)}`);
    assert.ok(looks(long) <= 20 * long.length, `${looks(long)} looks at ${long.length} bytes`);
  });
}
