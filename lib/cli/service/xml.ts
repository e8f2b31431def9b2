/** Text as the content of an XML element. https://www.w3.org/TR/xml/#syntax */

const NAMES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Control characters, of which XML has no spelling, are not for here. */
export function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => NAMES[character] ?? "");
}
