/** No reader of five sees another model in what a restricted caller gets through: generated requests. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { identify } from "../../lib/policy/identify.ts";
import { otherModelIn } from "../../lib/wire/other_model.ts";
import { receive } from "../../lib/wire/receive.ts";
import { incomingOf } from "../incoming.ts";
import { aliasOf, backendOf, callerOf, routeOf, snapshotOf } from "../routing.ts";
import { READERS, type ReadRequest } from "./plausible_readers.ts";
import { BOUNDARY, startRestricted } from "./restricted.ts";

const ALLOWED = /^(?:cheap|cheaper|gpt-mini-.*|)$/s;

/** As callers write names: mostly those that are allowed, so that much gets through. */
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("cheap", "cheaper", "gpt-mini-1") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("dear", "Cheap", "cheap ", "gpt-mini", "cheap,dear", ""),
  },
);

const modelKey = fc.constantFrom("model", "Model", "MODEL", "models", "mOdels");
const otherKey = fc.constantFrom("temperature", "remodel", "x", "user", "mode");
const key = fc.oneof(modelKey, otherKey);

/** A JSON string in one of its spellings. */
const spelt = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.nat(20)).map(([text, at]) => {
    const letter = text.charCodeAt(at);
    if (!(at < text.length)) return JSON.stringify(text);
    const escape = `\\u${letter.toString(16).padStart(4, "0")}`;
    return `"${text.slice(0, at)}${escape}${text.slice(at + 1)}"`;
  });

const nameValue = fc.oneof(
  { weight: 4, arbitrary: spelt(name) },
  { weight: 1, arbitrary: fc.array(spelt(name), { maxLength: 3 }).map((list) => `[${list}]`) },
  { weight: 1, arbitrary: fc.constantFrom("null", "1", "{}") },
);

const member = fc.tuple(spelt(key), nameValue).map(([key, value]) => `${key}:${value}`);
const members = fc.array(member, { maxLength: 2 }).map((all) => `{${all}}`);

/** Members below the top: what backends take for a model, and what they do not. */
const nested = fc.tuple(
  fc.constantFrom("tools", "requests", "plugins", "extra_body", "provider"),
  members,
  fc.nat(3),
).map(([key, inner, depth]) => {
  return `"${key}":${"[".repeat(depth)}${inner}${"]".repeat(depth)}`;
});
const spoken = members.map((inner) =>
  `"messages":[{"role":"assistant","content":[{"type":"tool_use","input":${inner}}]}]`
);

const json = fc.tuple(
  spelt(name),
  fc.array(fc.oneof(member, nested, spoken), { maxLength: 3 }),
  fc.nat(3),
).map(([model, others, at]) => {
  const all = [...others];
  all.splice(at, 0, `"model":${model}`);
  return { contentType: "application/json", body: `{${all}}` };
});

const fieldKey = fc.constantFrom(
  "model",
  "Model",
  "models",
  "model[]",
  "x",
  "%6dodel",
  "a",
  "mode",
);
const field = fc.tuple(fieldKey, name).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
const fields = fc.tuple(
  fc.array(field, { maxLength: 3 }),
  fc.constantFrom("&", "&", "&", ";"),
).map(([fields, separator]) => fields.join(separator));

const urlencoded = fields.map((more) => ({
  contentType: "application/x-www-form-urlencoded",
  body: `model=cheap${more && `&${more}`}`,
}));

const disposition = fc.tuple(
  fc.constantFrom("model", "Model", "models", "model[]", "file", "prompt", "x"),
  fc.constantFrom(
    (name: string) => `form-data; name="${name}"`,
    (name: string) => `form-data; name='${name}'`,
    (name: string) => `form-data; name=${name}`,
    (name: string) => `form-data; filename="a"; name="${name}"`,
    (name: string) => `form-data; name="${name}"; filename="a"`,
    (name: string) => `form-data;name = "${name}"`,
  ),
).map(([name, write]) => write(name));
const formPart = fc.tuple(disposition, name).map(([head, value]) =>
  `--${BOUNDARY}\r\nContent-Disposition: ${head}\r\n\r\n${value}\r\n`
);
const multipart = fc.tuple(
  fc.array(formPart, { maxLength: 3 }),
  fc.constantFrom(`boundary=${BOUNDARY}`, `boundary="${BOUNDARY}"`),
).map(([parts, boundary]) => {
  const model = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="model"\r\n\r\ncheap\r\n`;
  return {
    contentType: `multipart/form-data; ${boundary}`,
    body: `${model}${parts.join("")}--${BOUNDARY}--\r\n`,
  };
});

/** What a body is called: mostly what it is. */
const mislabelled = fc.tuple(
  fc.oneof(json, urlencoded, multipart),
  fc.constantFrom("", "application/json", "application/x-www-form-urlencoded", "text/plain"),
).map(([{ body }, contentType]) => ({ body, contentType }));

const path = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom("/v1/chat/completions", "/v1/responses", "/v1/messages"),
  },
  { weight: 1, arbitrary: fc.constantFrom("/v1/files", "/engines/dear/completions", "/v1//x") },
);

const request: fc.Arbitrary<ReadRequest> = fc.tuple(
  path,
  fc.oneof({ weight: 3, arbitrary: fc.constant("") }, fields),
  fc.oneof(
    { weight: 4, arbitrary: json },
    { weight: 2, arbitrary: urlencoded },
    { weight: 2, arbitrary: multipart },
    { weight: 1, arbitrary: mislabelled },
  ),
).map(([path, query, body]) => ({ target: query === "" ? path : `${path}?${query}`, ...body }));

/** Who sees a model that is not allowed. */
function seenBy(request: ReadRequest): string[] {
  return Object.entries(READERS).filter(([, read]) =>
    read(request).some((model) => !ALLOWED.test(model))
  ).map(([reader]) => reader);
}

/** How many requests of each kind there were, so that neither side of the property is idle. */
class Tally {
  readonly counts = new Map<string, number>();

  add(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  assertAtLeast(count: number, kinds: readonly string[]): void {
    for (const kind of kinds) {
      const seen = this.counts.get(kind) ?? 0;
      assert.ok(seen >= count, `${kind}: ${seen} of ${[...this.counts]}`);
    }
  }
}

const routes = [routeOf(backendOf("own"))];
const SNAPSHOT = snapshotOf(["cheap", "cheaper", "dear"].map((each) => aliasOf(each, routes)), {
  defaultBackend: backendOf("own"),
});
const PHONE = callerOf("phone", { models: ["cheap", "cheaper", "gpt-mini-*"] });

async function verdictOn({ target, contentType, body }: ReadRequest): Promise<number> {
  const headers = contentType === "" ? [] : [["content-type", contentType] as const];
  const incoming = incomingOf({ target, headers, body });
  const received = await receive(incoming, { maxBodyBytes: 1_000_000, readsUploads: true });
  assert.ok(received.kind === "received");
  const identity = identify(received, {
    snapshot: SNAPSHOT,
    caller: PHONE,
    nearest: () => [],
    keeper: () => undefined,
    otherModelIn,
  });
  return identity.kind === "call" ? 200 : identity.problem.status;
}

Deno.test("H9: identify() lets through only what five readers see allowed models in", async () => {
  const tally = new Tally();
  await fc.assert(
    fc.asyncProperty(request, async (request) => {
      const status = await verdictOn(request);
      const readers = seenBy(request);
      if (readers.length > 0) {
        assert.ok([400, 403].includes(status), `${readers}: ${status}`);
        readers.forEach((reader) => tally.add(reader));
      } else tally.add(status === 200 ? "let through" : "refused though clear");
    }),
    { numRuns: 5000 },
  );
  tally.assertAtLeast(100, Object.keys(READERS));
  tally.assertAtLeast(800, ["let through"]);
});

Deno.test("H9: route() asks no backend where one of five readers sees another model", async () => {
  // The ledger reads forms as one reader alone, and takes odd ones for altered.
  await using line = await startRestricted({ ledger: false });
  const tally = new Tally();
  await fc.assert(
    fc.asyncProperty(request, async (request) => {
      const { target, contentType, body } = request;
      const before = line.backend.requests.length;
      const lines = contentType === "" ? [] : [`Content-Type: ${contentType}`];
      const { status } = await line.call({ target, lines, body });
      const asked = line.backend.requests.length - before;
      if (seenBy(request).length > 0) {
        assert.ok([400, 403].includes(status), `${status}`);
        assert.equal(asked, 0);
        tally.add("refused");
      } else tally.add(asked === 1 ? "let through" : "other");
    }),
    { numRuns: 500 },
  );
  tally.assertAtLeast(40, ["refused", "let through"]);
});
