import assert from "node:assert/strict";
import { METRIC_SHAPES } from "../../lib/record/metric_shapes.ts";

const ROW = /^\| `(?<name>(?:llm_proxy|process)_[a-z_]+)`\s+\|(?<labels>[^|]*)\|/gm;

Deno.test("docs/operations.md lists every metric with its labels, and no other", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
  const listed = [...page.matchAll(ROW)].map(({ groups: { name, labels = "" } = {} }) => {
    return [name, [...labels.matchAll(/`([a-z_]+)`/g)].map(([, label]) => label)];
  });
  const shapes = Object.values(METRIC_SHAPES);
  assert.deepEqual(listed, shapes.map(({ name, labelNames }) => [name, [...labelNames]]));
});

Deno.test("docs/operations.md asks Prometheus only for metrics that there are", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
  const [, queries = ""] = /```promql\n([^`]*)```/.exec(page) ?? [];
  const asked = [...queries.matchAll(/llm_proxy_[a-z_]+/g)].map(([name]) => name);
  const names: string[] = Object.values(METRIC_SHAPES).map(({ name }) => name);
  assert.ok(asked.length > 0);
  for (const name of asked) assert.ok(names.includes(name.replace(/_bucket$/, "")), name);
});
