import assert from "node:assert/strict";
import { join } from "node:path";
import { callRaw, connectTo, requestBytes } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { type Home, makeHome, onFreePort, startProgram, withoutAdmin } from "./program.ts";
import { BODY, replaceByRename, startReloadScene, takesEffect } from "./reload_scene.ts";

Deno.test("the program reloads a file replaced by a rename, as editors do", async () => {
  await using scene = await startReloadScene();
  const { configFile } = scene.home;
  await takesEffect(scene, () => replaceByRename(configFile, scene.next));
});

Deno.test("the program reloads a file rewritten in place", async () => {
  await using scene = await startReloadScene();
  await takesEffect(scene, () => Deno.writeTextFile(scene.home.configFile, scene.next));
});

Deno.test("the program reloads every later change too", async () => {
  await using scene = await startReloadScene();
  const { configFile } = scene.home;
  await replaceByRename(configFile, scene.next);
  await scene.program.logged(/reload 1 since/);
  await replaceByRename(configFile, withoutAdmin(onFreePort(chain({ before: scene.before }))));
  await scene.program.logged(/reload 2 since/);
  assert.equal(await scene.answers(), "before");
  await Deno.writeTextFile(configFile, scene.next);
  await scene.program.logged(/reload 3 since/);
  assert.equal(await scene.answers(), "after");
});

/** Files as Kubernetes mounts them: `config.yaml -> ..data/config.yaml`, `..data -> ..v1`. */
async function layAsKubernetes({ directory, configFile }: Home, yaml: string): Promise<void> {
  await layVersion(directory, "..v1", yaml);
  await Deno.symlink("..v1", join(directory, "..data"));
  await Deno.symlink(join("..data", "config.yaml"), configFile);
}

async function layVersion(directory: string, name: string, yaml: string): Promise<void> {
  await Deno.mkdir(join(directory, name));
  await Deno.writeTextFile(join(directory, name, "config.yaml"), yaml);
}

Deno.test("the program reloads a file swapped by symbolic links, as Kubernetes does", async () => {
  await using scene = await startReloadScene(layAsKubernetes);
  const { directory } = scene.home;
  await layVersion(directory, "..v2", scene.next);
  await Deno.symlink("..v2", join(directory, "..data_tmp"));
  await takesEffect(
    scene,
    () => Deno.rename(join(directory, "..data_tmp"), join(directory, "..data")),
  );
});

Deno.test("the program loses no request to reloads under load", async () => {
  await using scene = await startReloadScene();
  const { home: { configFile }, program } = scene;
  const load = makeLoad(program.url, 4);
  const yamls = [scene.next, withoutAdmin(onFreePort(chain({ before: scene.before })))];
  for (let revision = 2; revision <= 7; revision++) {
    const yaml = yamls[revision % 2] ?? "";
    await (revision < 5 ? replaceByRename : Deno.writeTextFile)(configFile, yaml);
    await program.logged(new RegExp(`reload ${revision - 1} since`));
  }
  const statuses = await load.stop();
  assert.ok(statuses.length > 100, `${statuses.length} requests`);
  assert.deepEqual(new Set(statuses), new Set([200]));
});

/** Callers with a request each in flight at all times, until they are stopped. */
function makeLoad(url: string, callers: number): { stop(): Promise<number[]> } {
  let stopped = false;
  const statuses: number[] = [];
  const all = Promise.all(Array.from({ length: callers }, async () => {
    await using caller = await connectTo(url);
    while (!stopped) {
      await caller.send(requestBytes({ body: BODY }));
      statuses.push((await caller.reply()).status);
    }
  }));
  return {
    async stop() {
      stopped = true;
      await all;
      return statuses;
    },
  };
}

Deno.test("the program keeps its cooldowns across a reload", async () => {
  await using primary = await startReplier(reply(503, "{}"));
  await using secondary = await startReplier(reply(200, `{"ok":1}`));
  const yaml = chain({ primary, secondary });
  await using home = await makeHome(yaml);
  await using program = await startProgram(["-config", home.configFile]);
  await callRaw(program.url, { body: BODY });
  await Deno.writeTextFile(
    home.configFile,
    withoutAdmin(onFreePort(`${yaml}\nlimits: { max_body_mb: 8 }\n`)),
  );
  await program.logged(/reload 1 since/);
  await callRaw(program.url, { body: BODY });
  assert.deepEqual([primary.requests.length, secondary.requests.length], [1, 2]);
});

Deno.test("the program goes on listening where it does, and says that listen needs a restart", async () => {
  await using scene = await startReloadScene();
  const yaml = chain({ after: scene.after }, `listen: "127.0.0.1:9"`);
  await takesEffect(scene, () => Deno.writeTextFile(scene.home.configFile, yaml));
  await scene.program.logged(/ WARN .*listen is now 127\.0\.0\.1:9, which needs a restart/);
});

Deno.test("the program reloads when a file named in the configuration changes", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using home = await makeHome();
  const yaml = chain({ backend }).replace(
    "{ name",
    "{ auth: inject, api_key: '${file:key.txt}', name",
  );
  await Deno.writeTextFile(home.configFile, withoutAdmin(onFreePort(yaml)));
  await Deno.writeTextFile(join(home.directory, "key.txt"), "sk-first-1234567890\n");
  await using program = await startProgram(["-config", home.configFile]);
  await callRaw(program.url, { body: BODY });
  await replaceByRename(join(home.directory, "key.txt"), "sk-second-1234567890\n");
  await program.logged(/reload 1 since/);
  await callRaw(program.url, { body: BODY });
  const keys = backend.requests.map(({ head }) => /^authorization: (.*)$/m.exec(head)?.[1]);
  assert.deepEqual(keys, ["Bearer sk-first-1234567890", "Bearer sk-second-1234567890"]);
});
