/** Real nginx and Caddy on loopback, where this machine has them. */
import { join } from "node:path";
import { connect } from "node:tls";
import { freePort, listening } from "../bench/machine/free_port.ts";
import { KEY, RIGHT } from "../faults/certificates.ts";

export type ProxyName = "nginx" | "caddy";

const PLACES: Readonly<Record<ProxyName, readonly string[]>> = {
  nginx: ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"],
  caddy: ["/usr/bin/caddy", "/usr/local/bin/caddy"],
};

function placeOf(name: ProxyName): string | undefined {
  return PLACES[name].find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Why there is none, for a test's name; empty where there is one. */
export function whyNo(name: ProxyName): string {
  return placeOf(name) === undefined ? ` (skipped: no ${name}; apt-get install ${name})` : "";
}

/** What a configuration of a test is made of. */
export interface ProxyScene {
  /** Where it is to serve HTTPS. */
  readonly port: number;
  readonly directory: string;
  /** PEM files; nobody but these tests trusts them. */
  readonly cert: string;
  readonly key: string;
}

export interface ReverseProxy extends AsyncDisposable {
  readonly port: number;
}

/** Starts it with the configuration that is made for the scene, and waits until it listens. */
export async function startReverseProxy(
  name: ProxyName,
  configurationOf: (scene: ProxyScene) => string,
): Promise<ReverseProxy> {
  const directory = await Deno.makeTempDir({ prefix: `llm-proxy-${name}-` });
  const port = freePort();
  const [cert, key] = [join(directory, "cert.pem"), join(directory, "key.pem")];
  await Deno.writeTextFile(cert, RIGHT);
  await Deno.writeTextFile(key, KEY);
  const file = join(directory, name === "nginx" ? "nginx.conf" : "Caddyfile");
  const configuration = configurationOf({ port, directory, cert, key });
  await Deno.writeTextFile(file, configuration);
  const args = name === "nginx"
    ? ["-p", directory, "-e", "stderr", "-c", file]
    : ["run", "--adapter", "caddyfile", "--config", file];
  const env = { HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
  const child = new Deno.Command(placeOf(name) ?? name, {
    args,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(child.stderr).text();
  const ended = child.status.then(async ({ code }) => {
    throw new Error(`${name} ended with ${code}: ${await said}`);
  });
  await Promise.race([listening(port), ended]);
  // Caddy listens before it has made its certificates.
  const sites = name === "nginx" ? [] : [...configuration.matchAll(/^([\w.]+) \{$/gm)];
  for (const [, site = ""] of sites) await Promise.race([certified(site, port), ended]);
  ended.catch(() => {});
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await said;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Resolves once a site has a certificate. @throws Error after ten seconds */
async function certified(site: string, port: number): Promise<void> {
  const untilMs = performance.now() + 10_000;
  while (performance.now() < untilMs) {
    const socket = connect({
      port,
      host: "127.0.0.1",
      servername: site,
      rejectUnauthorized: false,
    });
    const { promise, resolve } = Promise.withResolvers<boolean>();
    socket.on("secureConnect", () => resolve(true));
    socket.on("error", () => resolve(false));
    const isCertified = await promise;
    socket.destroy();
    if (isCertified) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${site} has no certificate`);
}

/** A configuration of nginx's around the servers, as a package's `nginx.conf` has it around `conf.d`. */
export function nginxAround(servers: string, { directory }: ProxyScene): string {
  return `
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 256; }
http {
  access_log off;
  types { text/html html; }
  default_type application/octet-stream;
  gzip on;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  ${servers}
}
`;
}

/** A Caddyfile around the sites: certificates of its own making, everything on loopback. */
export function caddyAround(sites: string, { port, directory }: ProxyScene): string {
  return `
{
  admin off
  auto_https disable_redirects
  https_port ${port}
  default_bind 127.0.0.1
  local_certs
  skip_install_trust
  storage file_system ${directory}/storage
  log {
    output stderr
    level ERROR
  }
}
${sites}
`;
}
