import assert from "node:assert/strict";
import { loadConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problem.ts";
import { MODELS, parse } from "./parse.ts";

async function warningsOf(listen: string, url: string, more = ""): Promise<readonly string[]> {
  const loaded = await parse(`listen: "${listen}"
backends: [{name: a, url: "${url}"}]
${MODELS}${more}`);
  if (!loaded.ok) assert.fail(loaded.problems.map(formatProblem).join("\n"));
  return loaded.snapshot.warnings.filter((line) => !line.includes("enabled"));
}

for (
  const [listen, url] of [
    ["127.0.0.1:8080", "http://127.0.0.1:8080/v1"],
    ["127.0.0.1:8080", "http://localhost:8080"],
    ["127.0.0.1:8080", "http://0x7f.1:8080"],
    ["127.0.0.1:8080", "http://0.0.0.0:8080"],
    ["127.0.0.1:8080", "http://[::ffff:127.0.0.1]:8080"],
    [":8080", "http://[::1]:8080"],
    [":8080", "http://127.9.9.9:8080"],
    ["0.0.0.0:8080", "http://api.localhost:8080"],
    ["[::1]:8080", "http://[::]:8080"],
    ["localhost:80", "http://[::1]/v1"],
    ["127.0.0.1:443", "https://localhost/v1"],
  ] as const
) {
  Deno.test(`cases 14: check names the backend ${url} behind ${listen} as the proxy itself`, async () => {
    const [warning = "", ...more] = await warningsOf(listen, url);
    assert.match(
      warning,
      /config\.yaml:2:\d+: backends\[0\]\.url: leads back to this proxy itself \(listen: .*\), so that every request to it is answered 508; write the address of the API$/,
    );
    assert.deepEqual(more, []);
  });
}

Deno.test("a backend on another port, address or family of this machine is none", async () => {
  for (
    const [listen, url] of [
      ["127.0.0.1:8080", "http://127.0.0.1:8082"],
      ["127.0.0.1:8080", "http://127.0.0.2:8080"],
      ["127.0.0.1:8080", "http://[::1]:8080"],
      ["0.0.0.0:8080", "http://[::1]:8080"],
      [":8080", "http://api.example:8080"],
      ["127.0.0.1:0", "http://127.0.0.1:8080"],
    ] as const
  ) assert.deepEqual(await warningsOf(listen, url), [], `${listen} ${url}`);
});

Deno.test("cases 14: check names a backend that is the dashboard, and a proxy that is this one", async () => {
  const [dashboard = ""] = await warningsOf(":8080", "http://localhost:8081/v1");
  assert.match(
    dashboard,
    /url: leads to this proxy's own dashboard \(admin\.listen: 127\.0\.0\.1:8081\)/,
  );
  const loaded = await parse(
    `backends: [{name: a, url: "https://a", proxy: "http://u:p@127.0.0.1:8080"}]\n${MODELS}`,
  );
  assert.ok(loaded.ok);
  assert.match(
    loaded.snapshot.warnings.join(),
    /\[0\]\.proxy: is this proxy itself \(listen: :8080\)/,
  );
});

for (
  const [listen, admin] of [
    ["127.0.0.1:8080", "127.0.0.1:8080"],
    [":8080", "127.0.0.1:8080"],
    ["localhost:8080", "[::1]:8080"],
    ["[::]:8080", "localhost:8080"],
    ["0.0.0.0:8080", "localhost:8080"],
  ] as const
) {
  Deno.test(`cases 14: admin.listen ${admin} where listen is ${listen} is an error`, async () => {
    const loaded = await parse(`listen: "${listen}"
backends: [{name: a, url: "https://a"}]
${MODELS}admin: {listen: "${admin}"}\n`);
    assert.ok(!loaded.ok);
    assert.match(
      loaded.problems.map(formatProblem).join(),
      /:5:17: admin\.listen: .* is where the proxy itself listens \(listen: .*\); the dashboard needs a port of its own, such as .*:8081$/,
    );
  });
}

Deno.test("an admin port that nobody wrote is a warning where listen has it", async () => {
  assert.match(
    (await warningsOf(":8081", "https://a")).join(),
    /admin\.listen: 127\.0\.0\.1:8081 is where/,
  );
});

Deno.test("cases 14: check knows this machine's own names and addresses", async () => {
  const hosts = [Deno.hostname(), ...Deno.networkInterfaces().map(({ address }) => address)]
    .filter((host) => !host.startsWith("fe80"));
  const directory = await Deno.makeTempDir();
  try {
    for (const host of hosts) {
      const url = `http://${host.includes(":") ? `[${host}]` : host}:8080`;
      const file = `${directory}/config.yaml`;
      await Deno.writeTextFile(file, `backends: [{name: a, url: "${url}"}]\n${MODELS}`);
      const loaded = await loadConfig(file, { revision: 1, env: () => undefined });
      assert.ok(loaded.ok);
      assert.match(loaded.snapshot.warnings.join(), /leads back to this proxy itself/, url);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
