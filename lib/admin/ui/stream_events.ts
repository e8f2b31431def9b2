/** A logged stream as its events, and the text they spell. */

export interface StreamEvent {
  /** Of an `event:` line; empty where there is none. */
  readonly name: string;
  readonly data: string;
  /** The data as JSON; undefined where it is none. */
  readonly json: unknown;
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
export function readEvents(text: string): readonly StreamEvent[] {
  const blocks = text.replace(/^\uFEFF/, "").split(/(?:\r\n|\r|\n){2,}/);
  return blocks.flatMap((block) => {
    const lines = block.split(/\r\n|\r|\n/);
    const valuesOf = (field: string) =>
      lines.filter((line) => line.startsWith(`${field}:`))
        .map((line) => line.slice(field.length + 1).replace(/^ /, ""));
    const data = valuesOf("data");
    const name = valuesOf("event").at(-1) ?? "";
    if (data.length === 0 && name === "") return [];
    return [{ name, data: data.join("\n"), json: parsed(data.join("\n")) }];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the model said, in the formats of the vendors; what it thought is left to the events. */
export function textOf(events: readonly StreamEvent[]): string {
  return events.map(({ json }) => pieceOf(json)).join("");
}

/** Where a piece of text stands in an event: chat completions, responses, messages, Gemini. */
const PLACES: readonly (readonly (string | number)[])[] = [
  ["choices", 0, "delta", "content"],
  ["choices", 0, "text"],
  ["delta", "text"],
  ["candidates", 0, "content", "parts", 0, "text"],
];

function pieceOf(json: unknown): string {
  if (at(json, ["type"]) === "response.output_text.delta") {
    const delta = at(json, ["delta"]);
    return typeof delta === "string" ? delta : "";
  }
  const found = PLACES.map((place) => at(json, place)).find((it) => typeof it === "string");
  return typeof found === "string" ? found : "";
}

function at(value: unknown, place: readonly (string | number)[]): unknown {
  return place.reduce<unknown>((inner, step) => {
    return typeof inner === "object" && inner !== null ? Reflect.get(inner, step) : undefined;
  }, value);
}
