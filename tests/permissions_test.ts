import assert from "node:assert/strict";
import { join } from "node:path";
import settings from "../deno.json" with { type: "json" };
import { PERMISSIONS as packaged } from "../packaging/program.ts";

/** All the program may do. What backends, files and variables it needs is only known at run time. */
const PERMISSIONS = ["--no-prompt", "--allow-net", "--allow-read", "--allow-write", "--allow-env"];

const TASKS = ["start", "dev", "demo"] as const;

Deno.test("the binary, the npm package and the container have these permissions and no others", () => {
  assert.deepEqual(packaged, PERMISSIONS);
});

for (const task of TASKS) {
  Deno.test(`the task ${task} gives the program its permissions and no others`, () => {
    const words = settings.tasks[task].command.split(" ");
    const granted = words.filter((word) =>
      /^(?:-A$|-[PRWENS]|--(?:no-prompt|allow|deny))/.test(word)
    );
    assert.deepEqual(granted, PERMISSIONS);
  });
}

/** What the program never needs, each an expression that must be refused. */
const REFUSED: Readonly<Record<string, string>> = {
  "start a process": `new Deno.Command(Deno.execPath(), { args: ["--version"] }).outputSync()`,
  "call a native library": `Deno.dlopen("libc.so.6", {})`,
  "ask for the host's name": `Deno.hostname()`,
  "ask for the user's id": `Deno.uid()`,
  "ask for the network's interfaces": `Deno.networkInterfaces()`,
};

/** What it does need. */
const ALLOWED: Readonly<Record<string, string>> = {
  "read a variable": `Deno.env.get("HOME")`,
  "read and write a file": `Deno.writeTextFileSync(import.meta.filename + ".out", "")`,
  "listen": `Deno.listen({ port: 0, hostname: "127.0.0.1" }).close()`,
};

for (const [what, expression] of Object.entries(REFUSED)) {
  Deno.test(`the program may not ${what}`, async () => {
    assert.equal(await attempt(expression), "NotCapable");
  });
}

for (const [what, expression] of Object.entries(ALLOWED)) {
  Deno.test(`the program may ${what}`, async () => {
    assert.equal(await attempt(expression), "done");
  });
}

/** The name of what an expression throws under the permissions; `done` when it throws nothing. */
async function attempt(expression: string): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-permissions-" });
  const file = join(directory, "attempt.mjs");
  const script = `try { ${expression}; console.log("done"); }
    catch (cause) { console.log(cause.name); }`;
  await Deno.writeTextFile(file, script);
  const args = ["run", "--no-config", ...PERMISSIONS, file];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).output();
  await Deno.remove(directory, { recursive: true });
  return new TextDecoder().decode(stdout).trim();
}
