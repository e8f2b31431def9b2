import { join } from "node:path";
import { freePort, listening } from "../machine/free_port.ts";
import { outputOf } from "../machine/output_of.ts";
import type { Contestant, StartContestant } from "./contestant.ts";
import { running } from "./running.ts";

/** nginx closes connections that have not asked yet once 15/16 of those it may hold are in use. */
const SPARE = 1.25;

/** https://nginx.org/en/docs/http/ngx_http_proxy_module.html, tuned as its manual says for this work. */
export const nginx: Contestant = {
  name: "nginx",
  work: "passes heads and bodies on over kept connections, unread; one worker, no logs, " +
    "proxy_buffering off",
  find: async () => {
    const version = /nginx\/(\S+)/.exec(await outputOf("nginx", ["-v"]) ?? "")?.[1];
    if (version !== undefined) return { kind: "found", version };
    return { kind: "missing", advice: "apt-get install nginx-light" };
  },
  start: async (options) => {
    const port = freePort();
    const file = join(options.directory, "nginx.conf");
    await Deno.writeTextFile(file, configuration(port, options));
    const process = options.processes.start({
      command: "nginx",
      args: ["-p", options.directory, "-e", "stderr", "-c", file],
      core: options.core,
    });
    await listening(port);
    return running({ name: "nginx", port, process });
  },
};

function configuration(port: number, options: StartContestant) {
  const { directory, backendPort, backendRoot, descriptors } = options;
  return `
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr error;
worker_rlimit_nofile ${descriptors};
events { worker_connections ${Math.ceil(descriptors * SPARE)}; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  client_max_body_size 64m;
  client_body_buffer_size 2m;
  keepalive_requests 1000000000;
  upstream backend {
    server 127.0.0.1:${backendPort};
    keepalive 128;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass ${backendRoot === undefined ? "http" : "https"}://backend;
      ${backendRoot === undefined ? "" : trusting(backendRoot)}
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`;
}

/** As ours does: the certificate is judged. */
function trusting(root: string): string {
  return `proxy_ssl_trusted_certificate ${root}; proxy_ssl_verify on; proxy_ssl_name localhost;`;
}
