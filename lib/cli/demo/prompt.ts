/** A request to a demo provider, understood. */
export interface Prompt {
  readonly model: string;
  /** Of the last message, such as `user`; empty when there is none. */
  readonly role: string;
  readonly streamed: boolean;
  /** OpenAI's `stream_options.include_usage`. */
  readonly usageWanted: boolean;
  readonly tokens: number;
}

/** What a body asks for; undefined when it is no JSON object with a model. */
export function readPrompt(body: string): Prompt | undefined {
  const { model, messages, stream, stream_options } = members(parsed(body));
  if (typeof model !== "string") return undefined;
  const { role } = members(Array.isArray(messages) ? messages.at(-1) : undefined);
  return {
    model,
    role: typeof role === "string" ? role : "",
    streamed: stream === true,
    usageWanted: members(stream_options).include_usage === true,
    tokens: Math.ceil(JSON.stringify(messages ?? "").length / CHARACTERS_A_TOKEN),
  };
}

const CHARACTERS_A_TOKEN = 4;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The members of an object; none of anything else. */
export function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
