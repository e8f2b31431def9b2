/** Requests to try by hand while the demo stays up. */

export interface CurlExample {
  readonly title: string;
  /** A command to paste into a shell. */
  readonly command: string;
}

export interface CurlOptions {
  readonly url: string;
  /** Write for cmd.exe, which knows no single quotes and no command of several lines. */
  readonly windows: boolean;
}

export function curlExamples({ url, windows }: CurlOptions): readonly CurlExample[] {
  const post = (path: string, members: readonly string[]) =>
    `curl -N ${url}${path} -d ${(windows ? oneLine : readable)(members)}`;
  const hello = `"messages": [{"role": "user", "content": "Hello!"}]`;
  return [
    {
      title: "Again within 30 s: what failed is cooling, so healthy is asked at once.",
      command: post("/v1/chat/completions", [`"model": "demo-chat", "stream": true`, hello]),
    },
    {
      title: "The same in Anthropic's format, with a model of its own.",
      command: post("/v1/messages", [
        `"model": "demo-claude", "max_tokens": 100, "stream": true`,
        hello,
      ]),
    },
    {
      title: "A stream that breaks off: it reaches you broken, not as if it were whole.",
      command: post("/v1/chat/completions", [`"model": "demo-cut", "stream": true`, hello]),
    },
    {
      title: "A model that does not exist: the answer names the nearest.",
      command: post("/v1/chat/completions", [`"model": "demo-chta"`, hello]),
    },
    { title: "The models there are.", command: `curl ${url}/v1/models` },
  ];
}

function readable(members: readonly string[]): string {
  return `'{\n  ${members.join(",\n  ")}}'`;
}

function oneLine(members: readonly string[]): string {
  return `"{${members.join(", ").replaceAll('"', '\\"')}}"`;
}
