/** What a person means by a line that picks from a list: numbers, names, parts of names. */

export interface Listed {
  readonly name: string;
  /** What people call it besides. */
  readonly also: readonly string[];
}

export interface Pick<Thing> {
  readonly word: string;
  /** Undefined where the word means nothing, or several. */
  readonly thing: Thing | undefined;
}

/** In the order of the line. Names of several words may stand between commas; else spaces part them, too. */
export function picks<Thing extends Listed>(
  line: string,
  things: readonly Thing[],
): readonly Pick<Thing>[] {
  return parts(line, /[,;\uFF0C\u3001\uFF1B]/).flatMap((phrase) => {
    const whole = { word: phrase, thing: meant(phrase, things) };
    if (whole.thing !== undefined) return [whole];
    return parts(phrase, /\s+/).map((word) => ({ word, thing: meant(word, things) }));
  });
}

function parts(line: string, between: RegExp): readonly string[] {
  return line.split(between).map((part) => part.trim()).filter((part) => part !== "");
}

/** By its number; by its whole name; or by what only one name begins with, or only one has within. */
function meant<Thing extends Listed>(word: string, things: readonly Thing[]): Thing | undefined {
  if (/^\d+\.?$/.test(word)) return things[parseInt(word, 10) - 1];
  const wanted = plain(word);
  if (wanted === "") return undefined;
  const having = (test: (name: string) => boolean) =>
    things.filter(({ name, also }) => [name, ...also].map(plain).some(test));
  const tiers = [
    having((name) => name === wanted),
    having((name) => name.startsWith(wanted)),
    having((name) => name.includes(wanted)),
  ];
  const [only, another] = tiers.find((tier) => tier.length > 0) ?? [];
  return another === undefined ? only : undefined;
}

/** Letters and digits alone, so that `lmstudio` is `LM Studio`. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
