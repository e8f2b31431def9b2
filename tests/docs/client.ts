/**
 * A stand-in for a client that a page tells its reader to start: it reads the settings that the real one reads, makes the
 * call that it makes first, and prints the answer. Exit status 0 for a whole answer of 200.
 */
// deno-lint-ignore-file no-console -- a program of its own

interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const [name = "", ...args] = Deno.args;
const env = (key: string) => Deno.env.get(key) ?? fail(`${key} is not set`);

/** The value after a flag. */
function flag(name: string): string {
  return args[args.indexOf(name) + 1] ?? fail(`${name} is missing`);
}

function fail(why: string): never {
  console.error(`${name}: ${why}`);
  Deno.exit(1);
}

const SAID = [{ role: "user", content: "Hello" }];

function chat(base: string, model: string, key: string): Call {
  const headers = { authorization: `Bearer ${key}` };
  return {
    url: `${base}/chat/completions`,
    headers,
    body: { model, stream: true, messages: SAID },
  };
}

function message(model: string): Call {
  return {
    url: `${env("ANTHROPIC_BASE_URL")}/v1/messages?beta=true`,
    headers: {
      authorization: `Bearer ${env("ANTHROPIC_AUTH_TOKEN")}`,
      "anthropic-version": "2023-06-01",
    },
    body: { model, stream: true, max_tokens: 100, messages: SAID },
  };
}

const CLIENTS: Readonly<Record<string, () => readonly Call[]>> = {
  // Its side calls (titles, topics) go to a dated model.
  claude: () => [message(flag("--model")), message("claude-haiku-4-5-20251001")],
  codex() {
    const text = Deno.readTextFileSync(`${env("HOME")}/.codex/config.toml`);
    const value = (key: string) => new RegExp(`^${key} = "(.*)"$`, "m").exec(text)?.[1] ?? "";
    if (!text.includes(`[model_providers.${value("model_provider")}]`)) fail("no such provider");
    const key = value("env_key");
    const headers: Record<string, string> = key === ""
      ? {}
      : { authorization: `Bearer ${env(key)}` };
    const input = [{
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: "Hello" }],
    }];
    const body = { model: value("model"), stream: true, store: false, input };
    return [{ url: `${value("base_url")}/${value("wire_api")}`, headers, body }];
  },
  gemini: () => [{
    url: `${env("GOOGLE_GEMINI_BASE_URL")}/v1beta/models/${
      flag("-m")
    }:streamGenerateContent?alt=sse`,
    headers: { "x-goog-api-key": env("GEMINI_API_KEY") },
    body: { contents: [{ role: "user", parts: [{ text: "Hello" }] }] },
  }],
  opencode() {
    const settings = JSON.parse(Deno.readTextFileSync("opencode.json"));
    const [provider = "", model = ""] = settings.model.split("/");
    const { options, models } = settings.provider[provider];
    if (!Object.hasOwn(models, model)) fail(`no model ${model}`);
    return [chat(options.baseURL, model, options.apiKey)];
  },
  qwen: () => [chat(env("OPENAI_BASE_URL"), flag("-m"), env("OPENAI_API_KEY"))],
  cline: () => [chat(flag("-b"), flag("-m"), flag("-k"))],
};

for (const { url, headers, body } of CLIENTS[name]?.() ?? fail("unknown")) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  console.log(await answer.text());
  if (answer.status !== 200) fail(`${url} answered ${answer.status}`);
}
