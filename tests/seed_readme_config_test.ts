/** The configuration block of the seed's README, line by line. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { textOf } from "./caller.ts";
import { always, headersOf, inTurn } from "./contract/providers.ts";
import { reply } from "./peer.ts";
import { snapshotOf } from "./proxy.ts";
import { A, answer, ask, B, curl, FAILED, FAILING, modelsAsked, walk } from "./seed_calls.ts";
import { reworded, SEED_YAML } from "./seed_example.ts";
import { startSeed } from "./seed_proxy.ts";

walk("配置说明", {
  "the block as printed loads, and warns of provider-b, which it does not define": async () => {
    const { aliases, warnings } = await snapshotOf(SEED_YAML, "dist");
    const routes = aliases.get("claude-opus")?.routes.map(({ backend }) => backend.name);
    assert.deepEqual(routes, ["provider-a"]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /config\.yaml:15:16: .*there is no backend "provider-b"/);
  },
  "the block as printed serves, with provider-a alone": async () => {
    await using seed = await startSeed({ a: inTurn(A, FAILING) });
    assert.equal(await answer(seed), "a");
    const failed = await ask(seed);
    assert.deepEqual([failed.status, textOf(failed)], [503, FAILED]);
  },
  "with a block for provider-b, its route is used": async () => {
    await using seed = await startSeed({ a: FAILING, b: B });
    assert.deepEqual(seed.snapshot.warnings, []);
    assert.equal(await answer(seed), "b");
    assert.deepEqual(modelsAsked(seed.providerB), ["abab6.5-chat"]);
  },
  'listen ":8080": port 8080 on every interface': async () => {
    const { listen } = await snapshotOf(SEED_YAML, "dist");
    assert.deepEqual(listen, { hostname: "", port: 8080 });
  },
  "url: the full base path, to which a request's path is added": async () => {
    const edit = (yaml: string) => reworded(yaml, "provider-a.com/v1", "provider-a.com/v1/x/v4");
    await using seed = await startSeed({ a: A, edit });
    await curl(seed);
    assert.equal(seed.providerA.requests[0]?.target, "/v1/x/v4/chat/completions");
  },
  "api_key, 可选: a backend needs none": async () => {
    const without = reworded(SEED_YAML, `api_key: "sk-xxx"`, "");
    const { backends } = await snapshotOf(without, "dist");
    assert.deepEqual(backends.get("provider-a")?.keys, []);
  },
  "api_key, 仅记录用途: it is never sent, nor written to a log": async () => {
    await using seed = await startSeed({ a: inTurn(A, always(reply(500, "no sk-xxx here"))) });
    await curl(seed);
    await curl(seed);
    for (const request of seed.providerA.requests) {
      assert.equal(headersOf(request).authorization, "Bearer sk-your-key");
      assert.ok(!request.head.includes("sk-xxx"));
    }
    const logs = [...await seed.logs("requests"), ...await seed.logs("errors")];
    assert.equal(logs.length, 3);
    assert.ok(logs.every((log) => !log.includes("sk-xxx")));
  },
  "本地别名: callers use the alias, not the backend's name": async () => {
    await using seed = await startSeed({ a: A });
    const refused = await ask(seed, "claude-opus-4");
    assert.equal(refused.status, 400);
    assert.match(textOf(refused), /Unknown model .*claude-opus-4.*Nearest aliases: .*claude-opus/);
  },
  "model: the backend's own name for the model": async () => {
    await using seed = await startSeed({ a: FAILING, b: B });
    await ask(seed);
    assert.deepEqual(modelsAsked(seed.providerA), ["claude-opus-4"]);
    assert.deepEqual(modelsAsked(seed.providerB), ["abab6.5-chat"]);
  },
  "priority, 数字越小越优先: the number decides, not the order": async () => {
    const edit = (yaml: string) => reworded(yaml, "priority: 1 ", "priority: 3 ");
    await using seed = await startSeed({ a: A, b: B, edit });
    assert.equal(await answer(seed), "b");
  },
  "cooldown_seconds: in seconds": async () => {
    const edit = (yaml: string) => reworded(yaml, "cooldown_seconds: 300", "cooldown_seconds: 20");
    await using seed = await startSeed({ a: inTurn(FAILING, A), b: B, edit });
    await ask(seed);
    seed.pass(19);
    assert.equal(await answer(seed), "b");
    seed.pass(1);
    assert.equal(await answer(seed), "a");
  },
  "max_retries: the most attempts for one request, the first included": async () => {
    await using seed = await startSeed({ a: FAILING, b: FAILING, edit: withFiveRoutes });
    assert.equal((await ask(seed)).status, 503);
    assert.deepEqual(modelsAsked(seed.providerA), ["claude-opus-4", "third"]);
    assert.deepEqual(modelsAsked(seed.providerB), ["abab6.5-chat"]);
  },
  "error_codes: each of them makes the next backend answer": async () => {
    for (const status of [402, 429, 500, 502, 503, 504]) {
      await using seed = await startSeed({ a: always(reply(status, "{}")), b: B });
      assert.equal(await answer(seed), "b", `status ${status}`);
    }
  },
  "error_codes: any other error is the caller's, as it came": async () => {
    for (const status of [400, 401, 403, 404, 413, 422, 501, 529]) {
      await using seed = await startSeed({ a: always(reply(status, FAILED)), b: B });
      const got = await ask(seed);
      assert.deepEqual([got.status, textOf(got)], [status, FAILED]);
      assert.equal(seed.providerB.connections, 0);
    }
  },
  "error_patterns: a match makes the next backend answer, whatever the status": async () => {
    const errors = [
      { code: "insufficient_quota", message: "You exceeded your current quota." },
      { type: "rate_limit_error", message: "Slow down." },
    ];
    for (const error of errors) {
      for (const status of [400, 403, 404, 501]) {
        const refusal = always(reply(status, JSON.stringify({ error })));
        await using seed = await startSeed({ a: refusal, b: B });
        assert.equal(await answer(seed), "b", `${status} ${JSON.stringify(error)}`);
      }
    }
  },
  "level: debug says more than error": async () => {
    for (const [level, isSaid] of [["debug", true], ["error", false]] as const) {
      const edit = (yaml: string) => reworded(yaml, `level: "debug"`, `level: "${level}"`);
      await using seed = await startSeed({ a: A, edit });
      await ask(seed);
      const routed = / DEBUG +provider-a \(claude-opus-4\): answer: status 200/;
      assert.equal((await seed.generalLog()).some((line) => routed.test(line)), isSaid);
    }
  },
  "request_dir, error_dir, general_file: paths from the configuration's directory": async () => {
    const { logging } = await snapshotOf(SEED_YAML, "/srv/dist");
    assert.equal(logging.requestDir, join("/srv/dist", "logs/requests"));
    assert.equal(logging.errorDir, join("/srv/dist", "logs/errors"));
    assert.equal(logging.generalFile, join("/srv/dist", "logs/proxy.log"));
  },
});

function withFiveRoutes(yaml: string): string {
  const routes = ["third", "fourth", "fifth"].map((model, index) =>
    `    - { backend: "provider-a", model: "${model}", priority: ${index + 3} }\n`
  );
  return reworded(yaml, "\n# 回退配置", `${routes.join("")}\n# 回退配置`);
}
