import assert from "node:assert/strict";
import { formatPath, formatProblem } from "../../lib/config/problem.ts";
import { positionAt } from "../../lib/config/position.ts";

Deno.test("formatProblem() is one line with place, path and message", () => {
  const problem = { file: "c.yaml", line: 12, column: 5, path: "backends[0].url", message: "no" };
  assert.equal(formatProblem(problem), "c.yaml:12:5: backends[0].url: no");
});

Deno.test("formatProblem() leaves out the path of the whole document", () => {
  const problem = { file: "c.yaml", line: 1, column: 1, path: "", message: "is empty" };
  assert.equal(formatProblem(problem), "c.yaml:1:1: is empty");
});

Deno.test("formatPath() quotes names that are not plain words", () => {
  assert.equal(formatPath(["models", "gpt-4.1", 0, "model"]), 'models["gpt-4.1"][0].model');
  assert.equal(formatPath(["models", "a\nb"]), 'models["a\\nb"]');
  assert.equal(formatPath(["models", "claude-opus"]), "models.claude-opus");
  assert.equal(formatPath([]), "");
});

Deno.test("positionAt() counts lines and columns from 1", () => {
  const at = (offset: number) => Object.values(positionAt("ab\r\ncd\n", offset));
  assert.deepEqual([0, 1, 4, 5, 7].map(at), [[1, 1], [1, 2], [2, 1], [2, 2], [3, 1]]);
});
