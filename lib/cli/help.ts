/** What `-help` prints. */
export const HELP = `llm-proxy: one address for many LLM backends, with fallback and logs.

usage: llm-proxy [command] [-config PATH]

  (no command)   run the proxy; configuration from -config, else ./config.yaml
  check          check the configuration; exit 0, or 1 with every error
  check -live [-json]
                 send one small request a route, with the keys of -config or
                 with LLM_PROXY_KEY, and say what answers; exit 0 where all do
  init           ask which providers and clients you have and write config.yaml,
                 with the keys in .env; -yes asks nothing and writes an example;
                 never overwrites
  schema         print the configuration's JSON Schema
  health [-json] ask the running proxy whether it answers, at listen of -config,
                 where nothing else need be valid; exit 0, or 1 with why not
  service systemd|launchd|windows
                 write the file that makes this a service into this folder, and
                 print the commands to run; never overwrites
  demo           run in front of built-in providers, with no keys, network or
                 configuration, and watch a streamed request fall back;
                 -once ends after that request
  import FILE [-from litellm|ccr|new-api|one-api|cliproxyapi]
                 write another program's configuration as -config, its keys
                 into .env beside it, and say what could not be carried over;
                 FILE - is stdin; never overwrites
  explain MODEL [-dialect openai|anthropic|gemini|azure]
                 where a call for that model would go now, and why
  explain -id ID what became of the request with that id in the log, and where
                 the same would go now
  cooldowns [clear [KEY]]
                 list what is cooling; clear it all, or the one named
  drill BACKEND -kind KIND [-seconds N]
                 make a backend fail on purpose for N seconds (60, at most
                 600); -seconds 0 ends it; nothing of it is left; kinds:
                 401 402 404 429 503 cut empty200 error200 error_event hang
                 html200 pings slow503
  replay FILE|ID [-backend NAME] [-curl]
                 send a logged request again, to the proxy or to one backend,
                 with the key in LLM_PROXY_KEY; -curl prints it instead
  -version       print the version
  -help          print this

explain, cooldowns and drill ask the running proxy over its admin port: at
-admin URL, or at admin.listen of -config, where nothing else need be valid.
Its token is admin.token, or what LLM_PROXY_ADMIN_TOKEN or -token-file PATH
holds. -json prints their answer as JSON. An ID is that of a log line, or the
first 4 digits of it or more.

SIGTERM, SIGINT and SIGQUIT let requests under way end; a second one does not.
SIGHUP reads the configuration again and opens logs anew.

Flags work with one dash or two, as -config x or -config=x.
Exit status: 0 done, 1 configuration or start-up error, 2 usage.
`;
