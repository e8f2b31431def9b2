/** The configuration of logrotate that docs/operations.md gives, in the real program. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { makeHome, startProgram } from "../blackbox/program.ts";
import { eventually } from "../blackbox/two_loops.ts";
import { chain } from "../chain.ts";
import { startReplier } from "../peer.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
const [, STANZA = ""] = /^ *```logrotate\n(.*?)^ *```/ms.exec(PAGE) ?? [];
const LOGROTATE = "/usr/sbin/logrotate";

async function whyNot(): Promise<string> {
  const found = await Deno.stat(LOGROTATE).catch(() => undefined);
  return found === undefined ? " (skipped: no logrotate here)" : "";
}

const why = await whyNot();

Deno.test({
  name: `docs/operations.md: logrotate moves the general log, and a new one begins${why}`,
  ignore: why !== "",
  async fn() {
    await using backend = await startReplier("");
    await using home = await makeHome(
      chain({ backend }, `logging: { general_file: "./proxy.log" }`),
    );
    const log = join(home.directory, "proxy.log");
    await using program = await startProgram(["-config", home.configFile]);
    await eventually(async () => /Started with/.test(await Deno.readTextFile(log).catch(() => "")));
    const [, before = ""] = STANZA.split("/var/log/llm-proxy/proxy.log");
    const own = before.replace(/\$\(systemctl [^)]*\)/, String(program.pid));
    const configuration = join(home.directory, "rotate.conf");
    await Deno.writeTextFile(configuration, `${log}${own}`, { mode: 0o600 });
    const args = ["--force", "--state", join(home.directory, "state"), configuration];
    const { success, stderr } = await new Deno.Command(LOGROTATE, { args }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    await program.logged(/SIGHUP: .* is read again/);
    assert.match(await Deno.readTextFile(`${log}.1`), /Started with/);
    assert.equal((await Deno.stat(log)).mode! & 0o777, 0o600);
  },
});
