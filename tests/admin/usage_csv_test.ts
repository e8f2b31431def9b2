import assert from "node:assert/strict";
import { usageCsv, type UsageView } from "../../lib/admin/usage_view.ts";

/** The cell of a row's name, out of its quotes. */
function cellOf(name: string): string {
  const sums = { requests: 1, failed: 0, inputTokens: 1, outputTokens: 1 };
  const row = { bucketMs: 0, name, ...sums, cachedTokens: 0, reasoningTokens: 0 };
  const query = { fromMs: 0, toMs: 1, bucketMs: 1, by: "alias" } as const;
  const csv = usageCsv({ query, rows: [row] } as unknown as UsageView);
  const [, cell = ""] = /Z","((?:[^"]|"")*)","1","0","1","1","0","0"\r\n$/.exec(csv) ??
    assert.fail(csv);
  return cell.replaceAll('""', '"');
}

Deno.test("H15: usageCsv() leaves no cell that a sheet takes for a formula", () => {
  const starts = ["=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212"];
  const before = [
    "",
    " ",
    "\n",
    "\r",
    "\t",
    "\r\n ",
    "\u00a0",
    "\u3000",
    "\ufeff",
    "\u200b",
    '"',
    "''",
    "\0",
  ];
  for (const start of starts) {
    for (const lead of before) {
      const name = `${lead}${start}1+1|' /C calc'!A0`;
      assert.equal(cellOf(name), `'${name}`, JSON.stringify(name));
    }
  }
  for (const name of ["\n1", "\t", "\ra"]) assert.equal(cellOf(name), `'${name}`);
});

Deno.test("usageCsv() leaves other names as they are, in quotes", () => {
  for (const name of ["chat", "", "a=b", "gpt-5, mini", 'a "b"', "模型", "1-2", "a\nb"]) {
    assert.equal(cellOf(name), name);
  }
});
