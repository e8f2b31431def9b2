/** What the pages on Docker and Kubernetes say, held against compose.yaml, the Dockerfile and the program. */
import assert from "node:assert/strict";
import { parse, parseAllDocuments } from "yaml";
import { ROOT } from "../../packaging/program.ts";
import { snapshotOf } from "../proxy.ts";
import { commandsOf } from "./commands.ts";
import { readPage } from "./page.ts";
import { program } from "./program.ts";
import { GREETING } from "./stub_backends.ts";
import { startWalk } from "./walk.ts";
import { WHY_NOT_TYPED } from "./why_not_typed.ts";

const DOCKER = readPage("docs/recipes/docker.md").fences;
const KUBERNETES = readPage("docs/recipes/kubernetes.md").fences;
const DOCKERFILE = await Deno.readTextFile(new URL("packaging/container/Dockerfile", ROOT));
const COMPOSE = parse(await Deno.readTextFile(new URL("compose.yaml", ROOT))).services["llm-proxy"];
const OBJECTS = parseAllDocuments(
  KUBERNETES.find(({ language }) => language === "yaml")?.text ?? "",
)
  .map((each) => each.toJS());
const objectOf = (kind: string) => OBJECTS.find((each) => each.kind === kind) ?? assert.fail(kind);
const POD = objectOf("Deployment").spec.template.spec;
const [CONTAINER] = POD.containers;
const DOCKER_YAML = DOCKER.find(({ language }) => language === "yaml")?.text ?? "";
const KUBERNETES_YAML: string = objectOf("ConfigMap").data["config.yaml"];

const env = (name: string) => `dummy-0123456789-${name}`;

/** Names of variables that a configuration takes. */
function variables(yaml: string): readonly string[] {
  return [...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => name).toSorted();
}

for (const [name, yaml] of Object.entries({ Docker: DOCKER_YAML, Kubernetes: KUBERNETES_YAML })) {
  Deno.test(`${name}: the configuration listens where the image is asked, and writes where it may`, async () => {
    const filled = yaml.replaceAll(/\$\{(\w+)\}/g, (_, variable) => env(variable));
    const { listen, logging, history, backends } = await snapshotOf(filled, "/config");
    assert.deepEqual(listen, { hostname: "", port: 8080 });
    const written = [logging.requestDir, logging.errorDir, logging.generalFile, history.file];
    for (const path of written) assert.match(path ?? "", /^\/data\//);
    assert.match(parse(yaml).fallback.stored_ids_file, /^\/data\//);
    // Whoever reaches the container would spend the keys.
    assert.ok([...backends.values()].every(({ auth }) => auth === "inject"));
    assert.ok(parse(yaml).clients.length > 0);
    const open = filled.replace(/^clients:.*\n/m, "");
    await assert.rejects(snapshotOf(open, "/config"), /clients/);
  });
}

Deno.test("compose.yaml mounts what the image reads, and publishes what it listens on", () => {
  const [, config = ""] = /^CMD \["-config", "(.*)"\]$/m.exec(DOCKERFILE) ?? [];
  assert.ok(COMPOSE.volumes.some((each: string) => each.startsWith(`./config.yaml:${config}`)));
  assert.ok(COMPOSE.volumes.includes("data:/data") && DOCKERFILE.includes("VOLUME /data"));
  assert.deepEqual(COMPOSE.ports, ["127.0.0.1:8080:8080"]);
  assert.equal(COMPOSE.env_file[0].path, ".env");
  assert.equal(COMPOSE.build.dockerfile, "packaging/container/Dockerfile");
});

Deno.test("docs/recipes/docker.md writes every variable of its configuration into .env", () => {
  const [file = ""] = DOCKER.flatMap(commandsOf).filter((command) =>
    command.startsWith("cat > .env")
  );
  const written = [...file.matchAll(/^(\w+)=/gm)].map(([, name = ""]) => name).toSorted();
  assert.deepEqual(written, variables(DOCKER_YAML));
});

Deno.test("docs/recipes/kubernetes.md: its objects fit each other and the image", () => {
  const [, config = ""] = /^CMD \["-config", "(.*)"\]$/m.exec(DOCKERFILE) ?? [];
  const places = new Map<string, string>(
    CONTAINER.volumeMounts.map((
      each: { name: string; mountPath: string },
    ) => [each.mountPath, each.name]),
  );
  assert.deepEqual([...places.keys()], ["/config", "/data", "/tmp"]);
  assert.equal(`/config/${Object.keys(objectOf("ConfigMap").data)[0]}`, config);
  assert.deepEqual(POD.volumes.map(({ name }: { name: string }) => name), [...places.values()]);
  const [configVolume, dataVolume] = POD.volumes;
  assert.equal(configVolume.configMap.name, objectOf("ConfigMap").metadata.name);
  assert.equal(
    dataVolume.persistentVolumeClaim.claimName,
    objectOf("PersistentVolumeClaim").metadata.name,
  );
  assert.deepEqual(
    objectOf("Service").spec.selector,
    objectOf("Deployment").spec.template.metadata.labels,
  );
  assert.equal(objectOf("Service").spec.ports[0].targetPort, CONTAINER.ports[0].name);
  assert.equal(CONTAINER.ports[0].containerPort, 8080);
  assert.ok(DOCKERFILE.includes(`--chown=${POD.securityContext.runAsUser}:`));
  const { limits } = parse(KUBERNETES_YAML);
  assert.ok(POD.terminationGracePeriodSeconds > limits.drain_seconds);
  const [secret = ""] = KUBERNETES.flatMap(commandsOf).filter((command) =>
    command.includes("create secret")
  );
  assert.ok(secret.includes(` ${CONTAINER.envFrom[0].secretRef.name} `));
  const given = [...secret.matchAll(/--from-literal=(\w+)=/g)].map(([, name = ""]) => name)
    .toSorted();
  assert.deepEqual(given, variables(KUBERNETES_YAML));
});

Deno.test({
  name:
    "docs/recipes/kubernetes.md: the configuration of its ConfigMap serves, and its probes are answered",
  ignore: WHY_NOT_TYPED !== "",
  async fn() {
    await using walk = await startWalk({ program: await program() });
    await walk.take({ language: "yaml", before: "`config.yaml`", text: KUBERNETES_YAML });
    for (const name of variables(KUBERNETES_YAML)) await walk.type(`export ${name}=${env(name)}`);
    await walk.type("llm-proxy");
    for (const { httpGet } of [CONTAINER.readinessProbe, CONTAINER.livenessProbe]) {
      const { code } = await walk.type(`curl -sf http://127.0.0.1:8080${httpGet.path}`);
      assert.equal(code, 0);
    }
    const { output } = await walk.type(
      `curl -s http://127.0.0.1:8080/v1/chat/completions -H "Authorization: Bearer $PROXY_KEY" ` +
        `-H "Content-Type: application/json" -d '{"model":"gpt","messages":[]}'`,
    );
    assert.match(output, new RegExp(GREETING));
  },
});
