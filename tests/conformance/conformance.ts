/** The task `conformance`: every check against one gateway, as a table. */
import { callRaw } from "../caller.ts";
import { makeHome, startProgram } from "../blackbox/program.ts";
import { within } from "../contract/providers.ts";
import { type Arguments, parseArguments, USAGE } from "./arguments.ts";
import { messageCall } from "./calls.ts";
import { type Backends, type Gateway, startBackends } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { configFor, instructionsFor } from "./gateway_config.ts";
import { lineOf, runCheck } from "./run_checks.ts";

const TRY_AGAIN_MS = 500;
const PATIENCE_MS = 3000;

async function main(): Promise<number> {
  const parsed = parseArguments(Deno.args);
  if (parsed.kind === "usage") {
    say(`conformance: ${parsed.message}\n\n${USAGE}`);
    return 2;
  }
  await using backends = await startBackends(parsed.ports);
  const { url } = parsed;
  return url === undefined
    ? await checkThisProxy(parsed, backends)
    : await checkGateway({ ...parsed, url }, backends);
}

async function checkThisProxy({ key, models }: Arguments, backends: Backends): Promise<number> {
  await using home = await makeHome(configFor({ models, backends: backends.urls }));
  await using program = await startProgram(["-config", home.configFile]);
  return await checkAll({ url: program.url, key, models, patienceMs: PATIENCE_MS }, backends);
}

async function checkGateway(
  { url, key, models, waitSeconds }: Arguments & { readonly url: string },
  backends: Backends,
): Promise<number> {
  const gateway = { url, key, models, patienceMs: PATIENCE_MS };
  say(instructionsFor({ models, backends: backends.urls }));
  say(`Waiting for ${url} to pass a request on …\n`);
  const why = await firstRequest(gateway, backends, waitSeconds);
  if (why === undefined) return await checkAll(gateway, backends);
  say(`No request came through within ${waitSeconds} s: ${why}`);
  return 1;
}

/** Asks until a request reaches a backend; gives the last reason when none does. */
async function firstRequest(
  gateway: Gateway,
  backends: Backends,
  waitSeconds: number,
): Promise<string | undefined> {
  backends.play(({ close }) => close());
  const until = performance.now() + waitSeconds * 1000;
  let why = "";
  do {
    const answer = within(callRaw(gateway.url, messageCall(gateway)), 5000, "an answer");
    why = await answer.then(({ status }) => `its answer is ${status}`, (cause) => String(cause));
    if (backends.arrived.length > 0) return undefined;
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
  } while (performance.now() < until);
  return why;
}

async function checkAll(gateway: Gateway, backends: Backends): Promise<number> {
  const width = Math.max(...CHECKS.map(({ name }) => name.length));
  let failed = 0;
  for (const check of CHECKS) {
    const result = await runCheck(check, { gateway, backends });
    if (result.kind === "fail") failed++;
    say(lineOf(result, width));
  }
  say(`\n${CHECKS.length - failed} of ${CHECKS.length} passed`);
  return failed === 0 ? 0 : 1;
}

function say(line: string): void {
  // deno-lint-ignore no-console -- the table is what the task is for
  console.log(line);
}

Deno.exit(await main());
