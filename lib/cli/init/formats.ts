/** What a provider speaks that nobody but the person knows: a reseller, of which no two are alike. */
import type { Dialogue } from "./dialogue.ts";
import { type Listed, picks } from "./picks.ts";
import type { Dialect, Endpoint, Format } from "./providers.ts";

interface Choice extends Listed {
  readonly name: Format;
  readonly dialect: Dialect;
}

const CHOICES: readonly Choice[] = [
  { name: "chat", also: ["openai", "chat completions"], dialect: "openai" },
  { name: "responses", also: ["codex"], dialect: "openai" },
  { name: "messages", also: ["anthropic", "claude"], dialect: "anthropic" },
  { name: "gemini", also: ["google"], dialect: "gemini" },
];

const QUESTION =
  "  The formats it speaks, of chat (OpenAI), responses (Codex), messages (Claude), gemini (Enter: all):";

/** The formats that are named; undefined for all. */
export async function askFormats({ ask, say }: Dialogue): Promise<readonly Format[] | undefined> {
  for (;;) {
    const answer = await ask(QUESTION);
    if (answer === "") return undefined;
    const picked = picks(answer, CHOICES);
    const wrong = picked.filter(({ thing }) => thing === undefined).map(({ word }) => word);
    if (wrong.length === 0 && picked.length > 0) {
      return picked.flatMap(({ thing }) => thing?.name ?? []);
    }
    say(`  Not one of them: ${wrong.slice(0, 5).join(", ").slice(0, 80)}.`);
  }
}

/** The endpoint for these formats alone: calls in another pass it over, instead of failing there. */
export function speakingOnly(endpoint: Endpoint, formats: readonly Format[]): Endpoint {
  const spoken = endpoint.formats.filter((format) => formats.includes(format));
  const dialects = CHOICES.filter(({ name }) => spoken.includes(name)).map(({ dialect }) =>
    dialect
  );
  const distinct = [...new Set(dialects)];
  const isEvery = distinct.length === new Set(CHOICES.map(({ dialect }) => dialect)).size;
  return { ...endpoint, formats: spoken, dialect: isEvery ? "auto" : distinct };
}
