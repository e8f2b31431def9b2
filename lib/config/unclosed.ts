/** Where a bracket or a quotation mark that is never closed was opened. */

const OPENERS: ReadonlyMap<string, string> = new Map([["[", "]"], ["{", "}"]]);

/** Its offset and the character; undefined where everything is closed. A guess, for text that is no YAML. */
export function unclosedIn(text: string): { offset: number; opener: string } | undefined {
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const begins = at === 0 || /[\s[{,:(-]/.test(text.charAt(at - 1));
    if (character === "#" && (at === 0 || /\s/.test(text.charAt(at - 1)))) at = endOfLine(text, at);
    else if (begins && (character === '"' || character === "'")) {
      const end = endOfQuotes(text, at);
      if (end === undefined) return { offset: at, opener: character };
      at = end;
    } else if (OPENERS.has(character) && (begins || open.length > 0)) {
      if (text.charAt(at - 1) !== "$") open.push(at);
      else at = Math.max(at, text.indexOf("}", at));
    } else if ((character === "]" || character === "}") && open.length > 0) open.pop();
  }
  const offset = open.at(-1);
  return offset === undefined ? undefined : { offset, opener: text.charAt(offset) };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function endOfQuotes(text: string, at: number): number | undefined {
  const quotes = text.charAt(at) === '"' ? /"(?:[^"\\]|\\[^])*"/y : /'(?:[^']|'')*'/y;
  quotes.lastIndex = at;
  return quotes.test(text) ? quotes.lastIndex - 1 : undefined;
}
