/**
 * Composition root: flags to command. The only file that reads `Deno.args` or exits. Each command is
 * loaded when it is asked for, so that none pays for what another needs.
 */
import settings from "./deno.json" with { type: "json" };
import { SERVICE_KINDS } from "./lib/cli/commands.ts";
import { keepsWindow, WINDOW_WORDS } from "./lib/cli/double_click.ts";
import { type Invocation, parseFlags } from "./lib/cli/flags.ts";
import { HELP } from "./lib/cli/help.ts";
import type { Output } from "./lib/cli/output.ts";
import type { ReplayIo } from "./lib/cli/replay.ts";
import { openScreen } from "./lib/cli/screen.ts";

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
    case "run": {
      const { run } = await import("./lib/cli/run.ts");
      return await run(invocation.config, output);
    }
    case "check": {
      if (invocation.live) {
        const { checkLive } = await import("./lib/cli/check_live.ts");
        return await checkLive(invocation, openScreen());
      }
      const { check } = await import("./lib/cli/check.ts");
      return await check(invocation.config, output);
    }
    case "init": {
      const { init } = await import("./lib/cli/init.ts");
      const { ownDialogue } = await import("./lib/cli/init/terminal_dialogue.ts");
      const dialogue = invocation.yes ? undefined : ownDialogue(openScreen().write);
      const test = async (config: string) => {
        const { checkLive } = await import("./lib/cli/check_live.ts");
        return await checkLive({ config, json: false }, openScreen());
      };
      return await init({ config: invocation.config, dialogue, test }, output);
    }
    case "import": {
      const { importConfig } = await import("./lib/cli/import.ts");
      return await importConfig({ ...invocation, file: invocation.args[0] ?? "" }, output);
    }
    case "service": {
      const { service } = await import("./lib/cli/service.ts");
      const kind = SERVICE_KINDS.find((kind) => kind === invocation.args[0]) ?? "systemd";
      return await service(
        kind,
        { config: invocation.config, unstable: settings.unstable },
        output,
      );
    }
    case "health": {
      const { health } = await import("./lib/cli/health.ts");
      return await health(invocation, output);
    }
    case "schema": {
      const { schema } = await import("./lib/cli/schema.ts");
      return schema(output);
    }
    case "demo": {
      const { demo } = await import("./lib/cli/demo.ts");
      return await demo({ once: invocation.once }, openScreen());
    }
    case "explain":
    case "cooldowns":
    case "drill":
      return await askRunning(invocation);
    case "replay": {
      const { replay } = await import("./lib/cli/replay.ts");
      return await replay({ ...invocation, file: invocation.args[0] ?? "" }, replayIo);
    }
    case "version": {
      const { versionLine } = await import("./lib/cli/version.ts");
      output.out(await versionLine(settings.version));
      return 0;
    }
    case "help":
      output.out(HELP.trimEnd());
      return 0;
  }
}

/** The commands against the running proxy. */
async function askRunning(invocation: Invocation): Promise<number> {
  const { command, args: [first = "", second], drillKind: kind, id } = invocation;
  const screen = openScreen();
  if (id !== undefined) {
    const { explainRequest } = await import("./lib/cli/explain_request.ts");
    return await explainRequest({ ...invocation, id }, screen);
  }
  if (command === "explain") {
    const { explain } = await import("./lib/cli/explain.ts");
    return await explain({ ...invocation, model: first }, screen);
  }
  if (command === "drill") {
    const { drill } = await import("./lib/cli/drill.ts");
    return await drill({ ...invocation, backend: first, kind }, screen);
  }
  const { clearCooldowns, cooldowns } = await import("./lib/cli/cooldowns.ts");
  if (first === "clear") return await clearCooldowns({ ...invocation, key: second }, screen);
  return await cooldowns(invocation, screen);
}

const code = await main();
if (
  keepsWindow({
    code,
    args: Deno.args,
    os: Deno.build.os,
    isTerminal: Deno.stdin.isTerminal(),
  })
) {
  output.err(WINDOW_WORDS);
  await Deno.stdin.read(new Uint8Array(1));
}
Deno.exit(code);
