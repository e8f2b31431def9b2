/** Composition root: flags to command. The only file that reads `Deno.args` or exits. */
import settings from "./deno.json" with { type: "json" };
import { check } from "./lib/cli/check.ts";
import { clearCooldowns, cooldowns } from "./lib/cli/cooldowns.ts";
import { demo } from "./lib/cli/demo.ts";
import { drill } from "./lib/cli/drill.ts";
import { explain } from "./lib/cli/explain.ts";
import { explainRequest } from "./lib/cli/explain_request.ts";
import { type Invocation, parseFlags } from "./lib/cli/flags.ts";
import { HELP } from "./lib/cli/help.ts";
import { init } from "./lib/cli/init.ts";
import type { Output } from "./lib/cli/output.ts";
import { replay, type ReplayIo } from "./lib/cli/replay.ts";
import { run } from "./lib/cli/run.ts";
import { schema } from "./lib/cli/schema.ts";
import { openScreen } from "./lib/cli/screen.ts";
import { versionLine } from "./lib/cli/version.ts";

const output: Output = openScreen();

const replayIo: ReplayIo = { ...output, write: writeToStdout };

async function writeToStdout(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

async function main(): Promise<number> {
  const invocation = parseFlags(Deno.args);
  if (invocation.kind === "usage") {
    const { message } = invocation;
    output.err(`llm-proxy: ${message}${message.endsWith("?") ? "" : "."} See llm-proxy -help.`);
    return 2;
  }
  switch (invocation.command) {
    case "run":
      return await run(invocation.config, output);
    case "check":
      return await check(invocation.config, output);
    case "init":
      return await init(invocation.config, output);
    case "schema":
      return schema(output);
    case "demo":
      return await demo({ once: invocation.once }, openScreen());
    case "explain":
    case "cooldowns":
    case "drill":
      return await askRunning(invocation);
    case "replay":
      return await replay({ ...invocation, file: invocation.args[0] ?? "" }, replayIo);
    case "version":
      output.out(await versionLine(settings.version));
      return 0;
    case "help":
      output.out(HELP.trimEnd());
      return 0;
  }
}

/** The commands against the running proxy. */
async function askRunning(invocation: Invocation): Promise<number> {
  const { command, args: [first = "", second], drillKind: kind, id } = invocation;
  const screen = openScreen();
  if (id !== undefined) return await explainRequest({ ...invocation, id }, screen);
  if (command === "explain") return await explain({ ...invocation, model: first }, screen);
  if (command === "drill") return await drill({ ...invocation, backend: first, kind }, screen);
  if (first === "clear") return await clearCooldowns({ ...invocation, key: second }, screen);
  return await cooldowns(invocation, screen);
}

Deno.exit(await main());
