/** What `-help` prints. */
export const HELP = `llm-proxy: one address for many LLM backends, with fallback and logs.

usage: llm-proxy [command] [-config PATH]

  (no command)   run the proxy; configuration from -config, else ./config.yaml
  check          check the configuration; exit 0, or 1 with every error
  init           write a commented config.yaml; never overwrites
  schema         print the configuration's JSON Schema
  demo           run in front of built-in providers, with no keys, network or
                 configuration, and watch a streamed request fall back;
                 -once ends after that request
  -version       print the version
  -help          print this

Flags work with one dash or two, as -config x or -config=x.
Exit status: 0 done, 1 configuration or start-up error, 2 usage.
`;
