/** Asks for all that a first configuration needs. */
import { parseBaseUrl } from "../../config/base_url.ts";
import { endpointOf } from "../../config/endpoint_checks.ts";
import type { Answers, ChosenProvider, Key } from "./answers.ts";
import { type Client, CLIENTS } from "./clients.ts";
import type { Dialogue } from "./dialogue.ts";
import { askFormats, speakingOnly } from "./formats.ts";
import { type Listed, picks } from "./picks.ts";
import { type Provider, PROVIDERS } from "./providers.ts";

/** @param isKnown whether a variable stands in the environment or in `.env` already */
export async function askAll(
  dialogue: Dialogue,
  isKnown: (variable: string) => boolean,
): Promise<Answers> {
  dialogue.say(
    "Which providers do you have? The first is asked first, the others when it fails. Two of a kind: 13, 13.",
  );
  const chosen = await choose(dialogue, PROVIDERS, "Numbers or names, such as 2, 1:");
  const providers: ChosenProvider[] = [];
  for (const provider of chosen) {
    const nth = providers.filter((before) => before.provider === provider).length + 1;
    providers.push(await askProvider(provider, { dialogue, isKnown, nth }));
  }
  dialogue.say("");
  dialogue.say("Which clients will call the proxy?");
  const clients = await choose<Client>(dialogue, CLIENTS, "Numbers or names:");
  return { providers, clients: [...new Set(clients)] };
}

interface Around {
  readonly dialogue: Dialogue;
  readonly isKnown: (variable: string) => boolean;
  /** The how manieth of its kind. */
  readonly nth: number;
}

async function askProvider(provider: Provider, around: Around): Promise<ChosenProvider> {
  const { dialogue, nth } = around;
  const isFirst = nth === 1;
  dialogue.say("");
  dialogue.say(`${provider.name}${isFirst ? "" : ` (${nth})`}:`);
  const variable = isFirst
    ? provider.variable
    : provider.variable.replace(/_API_KEY$/, `_${nth}$&`);
  const url = await askAddress(provider, dialogue);
  const { main } = provider.models;
  const formats = provider.asksFormats ? await askFormats(dialogue) : undefined;
  const endpoints = formats === undefined
    ? provider.endpoints
    : provider.endpoints.map((endpoint) => speakingOnly(endpoint, formats));
  const [first] = endpoints;
  // What speaks Anthropic's format alone is asked by Claude's own names.
  const model = first?.formats.join() === "messages"
    ? main
    : await dialogue.ask(`  Its name for its main model (Enter: ${main}):`) || main;
  const key = await askKey(provider, { ...around, variable });
  return {
    provider,
    endpoints,
    id: isFirst ? provider.id : `${provider.id}-${nth}`,
    url,
    variable,
    key,
    model,
  };
}

async function askAddress(
  { address }: Provider,
  dialogue: Dialogue,
): Promise<string | undefined> {
  if (address === undefined) return undefined;
  for (;;) {
    const answer = await dialogue.ask(`  ${address.question}:`);
    const url = address.template.replace("{}", () => answer);
    const parsed = parseBaseUrl(url);
    const endpoint = parsed.ok ? endpointOf(parsed.value) : undefined;
    if (answer !== "" && parsed.ok && endpoint === undefined) return url;
    const reason = endpoint === undefined
      ? "is empty"
      : `ends with ${endpoint}, which each request adds itself: leave it out`;
    dialogue.say(`  That ${parsed.ok ? reason : parsed.reason}.`);
  }
}

async function askKey(
  { keyless }: Provider,
  { dialogue, isKnown, variable }: Around & { readonly variable: string },
): Promise<Key> {
  if (isKnown(variable)) {
    dialogue.say(
      `  Its key is there already, as ${variable}, in .env or the environment: change it there.`,
    );
    return { kind: "known" };
  }
  const enter = keyless ? "it needs none" : "later";
  for (;;) {
    const value = await dialogue.askSecret(`  Its key, which is not shown (Enter: ${enter}):`);
    if (value === "") return { kind: keyless ? "none" : "later" };
    // What can stand between single quotes in .env, and in a header.
    if (/^[\x21-\x7e]+$/.test(value) && !value.includes("'")) return { kind: "given", value };
    dialogue.say(`  A key is one line of plain characters without spaces and quotes.`);
  }
}

/** What a person picks from a list, in that order, perhaps one twice. At least one. */
async function choose<Thing extends Listed>(
  dialogue: Dialogue,
  things: readonly Thing[],
  question: string,
): Promise<readonly Thing[]> {
  things.forEach(({ name }, index) => dialogue.say(`  ${String(index + 1).padStart(2)}  ${name}`));
  for (;;) {
    const picked = picks(await dialogue.ask(question), things);
    const found = picked.flatMap(({ thing }) => thing ?? []);
    const wrong = picked.filter(({ thing }) => thing === undefined).map(({ word }) => word);
    if (found.length > 0 && found.length <= MOST_PICKED && wrong.length === 0) return found;
    dialogue.say(
      wrong.length > 0
        ? `  Not one of them: ${wrong.slice(0, 5).join(", ").slice(0, 80)}.`
        : `  One at least, please, and at most ${MOST_PICKED}.`,
    );
  }
}

const MOST_PICKED = 20;
