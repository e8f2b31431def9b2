import assert from "node:assert/strict";
import { namedModel } from "../../lib/policy/named_model.ts";
import type { ModelPlace } from "../../lib/wire/model_place.ts";

const SPAN = { start: 0, end: 0 };

type Kind = ModelPlace["kind"];

/** The places in which names stand, in the order in which a request has them. */
function places(
  names: Partial<Readonly<Record<Kind | "azure", string | undefined>>>,
): ModelPlace[] {
  const place = {
    path: { kind: "path", slash: "stays", elsewhere: "same" },
    azure: { kind: "path", slash: "encoded", elsewhere: "ignored" },
    query: { kind: "query" },
    multipart: { kind: "multipart", boundary: "b", length: undefined },
    form: { kind: "form" },
    json: { kind: "json", prefix: "" },
  } as const;
  const kinds = ["path", "azure", "query", "multipart", "form", "json"] as const;
  return kinds.filter((kind) => kind in names)
    .map((kind) => ({ ...place[kind], span: SPAN, name: names[kind] }));
}

function name(found: readonly ModelPlace[]): string | undefined {
  const model = namedModel(found);
  return model?.kind === "unnameable" ? model.problem.code : model?.name;
}

Deno.test("namedModel() knows no model where none is named", () => {
  assert.equal(namedModel([]), undefined);
});

Deno.test("namedModel() takes the name of any place that stands alone", () => {
  for (const kind of ["path", "azure", "query", "multipart", "form", "json"] as const) {
    assert.equal(name(places({ [kind]: "chat" })), "chat", kind);
  }
});

const PAIRS = [
  ["path", "query"],
  ["path", "multipart"],
  ["path", "form"],
  ["path", "json"],
  ["query", "multipart"],
  ["query", "form"],
  ["query", "json"],
  ["azure", "query"],
  ["azure", "multipart"],
  ["azure", "json"],
] as const;
for (const [first, second] of PAIRS) {
  Deno.test(`namedModel() has both written where ${first} and ${second} agree`, () => {
    const both = places({ [first]: "chat", [second]: "chat" });
    assert.deepEqual(namedModel(both), { kind: "named", name: "chat", places: both });
  });

  Deno.test(`namedModel() lets ${first} decide where ${second} is empty, and leaves that`, () => {
    const both = places({ [first]: "chat", [second]: "" });
    assert.deepEqual(namedModel(both), { kind: "named", name: "chat", places: [both[0]] });
    assert.equal(name(places({ [first]: "", [second]: "chat" })), "chat");
  });
}

for (const [first, second] of PAIRS.filter(([first]) => first !== "azure")) {
  Deno.test(`namedModel() refuses where ${first} and ${second} disagree, naming both (F118)`, () => {
    const model = namedModel(places({ [first]: "chat", [second]: "other" }));
    assert.ok(model?.kind === "unnameable");
    assert.deepEqual([model.problem.status, model.problem.code], [400, "models_disagree"]);
    assert.match(model.problem.message, /"chat" in the .* and "other" in the /);
  });
}

Deno.test("namedModel() lets Azure's deployment decide, and has all others say so (F118)", () => {
  for (const other of ["other", undefined]) {
    const both = places({ azure: "chat", json: other });
    assert.deepEqual(namedModel(both), { kind: "named", name: "chat", places: both });
  }
});

Deno.test("namedModel() lets the last of one place decide, and has all written (F105)", () => {
  for (const kind of ["query", "multipart", "form", "json"] as const) {
    const twice = [...places({ [kind]: "first" }), ...places({ [kind]: "last" })];
    assert.deepEqual(namedModel(twice), { kind: "named", name: "last", places: twice });
  }
});

Deno.test("namedModel() compares every one of several with what decides", () => {
  const several = places({ query: "chat", json: "other" });
  assert.equal(name([...several, ...places({ json: "chat" })]), "models_disagree");
});

Deno.test("namedModel() refuses a model that is no name (F108)", () => {
  assert.equal(name(places({ json: undefined })), "invalid_model");
  assert.equal(name(places({ json: "" })), "invalid_model");
  assert.equal(name(places({ multipart: "" })), "invalid_model");
  assert.equal(name(places({ path: "chat", json: undefined })), "invalid_model");
});

Deno.test("namedModel() refuses a path that does not name its model plainly", () => {
  for (const kind of ["path", "azure"]) {
    assert.equal(name(places({ [kind]: undefined, json: "chat" })), "invalid_path");
  }
});
