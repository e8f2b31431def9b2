/** The parameters of a header such as `multipart/form-data; boundary="x"`, as readers read them. */

export interface Parameter {
  /** Lower-case. */
  readonly name: string;
  readonly value: string;
}

/** A quoted value in which a backslash escapes. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.6 */
const BY_THE_BOOK = /;\s*([^\s=;]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s"]*))/gs;
/** One in which it does not: browsers write a quote as `%22`, and a backslash as it is. */
const BY_BROWSERS = /;\s*([^\s=;]+)\s*=\s*(?:"([^"]*)"|([^;\s"]*))/gs;

/** What two kinds of readers make of a header; nearly always the same. */
export function parameterReadings(header: string): readonly (readonly Parameter[])[] {
  return [BY_THE_BOOK, BY_BROWSERS].map((grammar) => {
    return [...header.matchAll(grammar)].map(([, name = "", quoted, token = ""]) => {
      const unescaped = grammar === BY_THE_BOOK ? quoted?.replace(/\\(.)/gs, "$1") : quoted;
      return { name: name.toLowerCase(), value: unescaped ?? token };
    });
  });
}
