/** Every link between pages leads to a file that is there, and to a heading that it has. */
import assert from "node:assert/strict";
import { ROOT } from "../../packaging/program.ts";
import { pagePaths, readPage } from "./page.ts";

const DECISIONS = [...Deno.readDirSync(new URL("docs/decisions/", ROOT))]
  .map(({ name }) => `docs/decisions/${name}`).toSorted();

for (const path of [...pagePaths(), ...DECISIONS, "CHANGELOG.md"]) {
  const page = readPage(path);
  Deno.test(`${path}: its ${page.links.length} links lead somewhere`, () => {
    const lost = page.links.flatMap((link) => {
      if (/^https?:/.test(link)) return [];
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : new URL(file, `file:///${path}`).pathname.slice(1);
      if (!exists(target)) return [`${link}: there is no ${target}`];
      if (anchor === undefined || !target.endsWith(".md")) return [];
      const { anchors } = readPage(target);
      return anchors.includes(anchor) ? [] : [`${link}: ${target} has no heading #${anchor}`];
    });
    assert.deepEqual(lost, []);
  });
}

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}
