/** A talk with a person, question by question. */

export interface Dialogue {
  /** Shows a line. */
  readonly say: (line: string) => void;
  /**
   * The answer without spaces around it; empty for Enter alone.
   *
   * @throws {Interrupted} where the person has gone, or wants no more of it
   */
  readonly ask: (question: string) => Promise<string>;
  /** The same; what is typed is not shown. */
  readonly askSecret: (question: string) => Promise<string>;
}

/** Ctrl-C, Ctrl-D, or a terminal that is gone. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
