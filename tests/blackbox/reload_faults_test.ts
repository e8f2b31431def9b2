import assert from "node:assert/strict";
import { replaceByRename, startReloadScene, takesEffect } from "./reload_scene.ts";

Deno.test("the program keeps its configuration while the file is gone, and takes the next", async () => {
  await using scene = await startReloadScene();
  await Deno.remove(scene.home.configFile);
  await scene.program.logged(/ WARN .*config\.yaml: the file is gone/);
  assert.equal(await scene.answers(), "before");
  await takesEffect(scene, () => Deno.writeTextFile(scene.home.configFile, scene.next));
});

Deno.test("the program keeps its configuration while the file is half written", async () => {
  await using scene = await startReloadScene();
  const { configFile } = scene.home;
  await Deno.writeTextFile(configFile, scene.next.slice(0, scene.next.indexOf("models:") + 3));
  await scene.program.logged(/was not loaded/);
  assert.equal(await scene.answers(), "before");
  await takesEffect(scene, () => Deno.writeTextFile(configFile, scene.next));
});

Deno.test("the program keeps its configuration when the file is emptied", async () => {
  await using scene = await startReloadScene();
  await Deno.writeTextFile(scene.home.configFile, "");
  await scene.program.logged(/config\.yaml:1:1: the file is empty/);
  assert.equal(await scene.answers(), "before");
});

Deno.test("the program names the place of each error once, and serves on", async () => {
  await using scene = await startReloadScene();
  const { configFile } = scene.home;
  const wrong = `${scene.next}\nfallback: { cooldown_secs: 3 }\nlimits: { max_body_mb: -1 }\n`;
  await replaceByRename(configFile, wrong);
  await scene.program.logged(/was not loaded; the configuration in force stays/);
  assert.equal(await scene.answers(), "before");
  await replaceByRename(configFile, wrong);
  // Nothing tells that the same errors were met again; this is longer than it takes to meet them.
  await new Promise((resolve) => setTimeout(resolve, 700));
  await takesEffect(scene, () => replaceByRename(configFile, scene.next));
  const places = scene.program.log.match(/ERROR .*config\.yaml:\d+:\d+: (fallback|limits).*/g);
  assert.equal(places?.length, 2, scene.program.log);
  assert.match(places[0] ?? "", /:\d+:13: fallback\.cooldown_secs: .*"?cooldown_seconds"?/);
  assert.match(places[1] ?? "", /:\d+:\d+: limits\.max_body_mb: .*-1/);
});
