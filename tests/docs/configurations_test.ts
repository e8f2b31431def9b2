/** Every configuration on every page is one that `check` takes. */
import assert from "node:assert/strict";
import { parse, parseAllDocuments } from "yaml";
import { loadConfig } from "../../lib/config/load.ts";
import { type Fence, pagePaths, readPage } from "./page.ts";

/** What is there to read: a whole configuration, a part of one, or a file of another program's. */
type Kind = "whole" | "part" | "manifest";

function kindOf({ text }: Fence): Kind {
  if (/^apiVersion: /m.test(text)) return "manifest";
  return /^backends:/m.test(text) && /^models:/m.test(text) ? "whole" : "part";
}

/** Names that parts leave to the configuration that they are a part of. */
const REST = `backends:
  - { name: first, url: "https://api.first.example/v1", auth: inject, api_key: "key-of-first-0123456789" }
models: { gpt: [{ backend: first, model: gpt-5 }] }
`;

/** A part, with the keys of a whole configuration that it leaves out. */
function completed(text: string): string {
  const written = Object.keys(parse(text));
  const missing = REST.split(/^(?=models)/m).filter((part) =>
    !written.includes(part.split(":")[0] ?? "")
  );
  const known = text.replaceAll(/backend: [\w-]+/g, "backend: first");
  return `${known}\n${missing.join("")}${
    written.includes("listen") || written.includes("clients") ? "" : 'listen: "127.0.0.1:8080"\n'
  }`;
}

async function check(text: string, isWhole: boolean): Promise<void> {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(`${directory}/config.yaml`, text);
  for (const [, name = ""] of text.matchAll(/\$\{file:\.\/([^}]+)\}/g)) {
    await Deno.writeTextFile(`${directory}/${name}`, `dummy-0123456789-${name}`);
  }
  const env = (name: string) => `dummy-0123456789-${name}`;
  const loaded = await loadConfig(`${directory}/config.yaml`, { revision: 1, env });
  await Deno.remove(directory, { recursive: true });
  assert.ok(loaded.ok, JSON.stringify(loaded, null, 1));
  if (isWhole) assert.deepEqual(loaded.snapshot.warnings, []);
}

for (const path of pagePaths()) {
  const configurations = readPage(path).fences.filter(({ language }) => language === "yaml");
  configurations.forEach((fence, index) => {
    const kind = kindOf(fence);
    Deno.test(`${path}: configuration ${index + 1} (${kind}) passes check`, async () => {
      if (kind === "manifest") {
        const maps = parseAllDocuments(fence.text).map((each) => each.toJS())
          .filter((each) => each.kind === "ConfigMap");
        assert.equal(maps.length, 1);
        await check(maps[0].data["config.yaml"], true);
      } else await check(kind === "whole" ? fence.text : completed(fence.text), kind === "whole");
    });
  });
}

Deno.test("a configuration with a mistake does not pass", async () => {
  await assert.rejects(check(`${REST}frobnicate: 1\n`, true), /frobnicate/);
  await assert.rejects(check(completed("modles: {}\n"), false), /modles/);
});
