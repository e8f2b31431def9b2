/** A tiny round of the benchmark: that it runs and that every reply is right, not how fast. */
import assert from "node:assert/strict";
import { documentOf } from "./bench/document.ts";
import type { Effort } from "./bench/effort.ts";
import { Workplace } from "./bench/machine/workplace.ts";
import { runBench } from "./bench/run_bench.ts";

const TINY: Effort = {
  rounds: 1,
  seconds: 0.1,
  warmUpSeconds: 0.1,
  rewarmSeconds: 0.1,
  memorySeconds: 0.3,
  settleMs: 20,
  restMs: 20,
  rareMs: 20,
  rareRequests: 2,
  streams: 20,
};

const ROWS = [
  "cpu1k",
  "tls",
  "rare",
  "cpu100k",
  "sse",
  "anthropic",
  "paced",
  "latency",
  "first",
  "memory",
] as const;

/** CPU is read from /proc. */
const ignore = Deno.build.os !== "linux";

Deno.test({ name: "runBench() measures a row each of those that are here", ignore }, async () => {
  await using workplace = await Workplace.make();
  const said: string[] = [];
  const { results, versions, faults } = await runBench({
    only: ["direct", "nginx", "ours"],
    rows: [...ROWS, "streams"],
    effort: TINY,
    cores: { proxies: undefined, load: undefined },
    descriptors: 1_000,
    workplace,
    say: (line) => said.push(line),
  });

  assert.deepEqual(faults, [], results.remarks.join("\n"));
  const proxies = versions.has("nginx") ? ["nginx", "ours"] as const : ["ours"] as const;
  for (const name of proxies) {
    for (
      const key of ["cpu1k", "cpuTls", "cpu100k", "cpuEvent", "cpuAnthropic", "cpuPaced"] as const
    ) {
      assert.ok((results.median(key, name) ?? -1) >= 0, `${key} of ${name}`);
    }
    for (const key of ["rareP50", "rate1k", "rssIdle", "rssLoad", "rssAfter"] as const) {
      assert.ok((results.median(key, name) ?? 0) > 0, `${key} of ${name}`);
    }
    for (const key of ["latencyP50", "firstEvent", "gapP50", "streamMemory"] as const) {
      assert.notEqual(results.median(key, name), undefined, `${key} of ${name}`);
    }
  }
  assert.ok(said.includes("cpu1k: requests of 1 kB"), said.join("\n"));

  const page = documentOf({
    results,
    versions,
    machine: { cpu: "A CPU", cores: 2, memoryGb: 8, kernel: "6.0" },
    pinned: false,
    command: "deno task bench",
    date: new Date("2026-01-02T03:04:05Z"),
  });
  assert.match(page, /^Made by `deno task bench` on 2026-01-02; /m);
  assert.match(page, /^A CPU, 2 cores, 8 GB, Linux 6\.0; nothing pinned\.$/m);
  assert.match(page, /^\| CPU per 1 kB request, µs +\| +\|( +[\d.,]+ \|)+$/m);
});
