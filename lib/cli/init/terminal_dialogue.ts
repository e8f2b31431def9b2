/** A talk on the terminal that the program was started on. */
import { type Dialogue, Interrupted } from "./dialogue.ts";

export interface TerminalIo {
  /** What is typed, as it comes; null at its end. */
  readonly read: (buffer: Uint8Array) => Promise<number | null>;
  readonly write: (text: string) => void;
  /** Whether each key comes at once and unseen, instead of in whole lines that the terminal shows. */
  readonly setRaw: (raw: boolean) => void;
}

/** Longer answers are nobody's. */
const MOST_CHARACTERS = 16_384;

export class TerminalDialogue implements Dialogue {
  readonly #io: TerminalIo;
  readonly #decoder = new TextDecoder();
  /** Typed ahead of its question. */
  #ahead = "";

  constructor(io: TerminalIo) {
    this.#io = io;
  }

  readonly say = (line: string): void => this.#io.write(`${line}\n`);

  readonly ask = async (question: string): Promise<string> => {
    this.#io.write(`${question} `);
    return (await this.#line()).trim();
  };

  readonly askSecret = async (question: string): Promise<string> => {
    this.#io.setRaw(true);
    try {
      this.#io.write(`${question} `);
      return (await this.#typed()).trim();
    } finally {
      this.#io.setRaw(false);
      this.#io.write("\n");
    }
  };

  /** A line that the terminal has let the person edit. */
  async #line(): Promise<string> {
    let line = "";
    for (;;) {
      const character = await this.#next();
      if (character === "\n" || character === "\r") return line;
      if (line.length < MOST_CHARACTERS) line += character;
    }
  }

  /** Keys as they come: here nobody else minds Backspace and Ctrl-C. */
  async #typed(): Promise<string> {
    let text = "";
    for (;;) {
      const character = await this.#next();
      if (character === "\r" || character === "\n") return text;
      if (character === "\x03" || character === "\x04") throw new Interrupted();
      if (character === "\x7f" || character === "\b") text = text.slice(0, -1);
      else if (character === "\x15") text = "";
      else if (character === "\x1b") await this.#escape();
      else if (character >= " " && text.length < MOST_CHARACTERS) text += character;
    }
  }

  /** An arrow, or the marks around what is pasted: `ESC [ … letter`. */
  async #escape(): Promise<void> {
    if (this.#ahead === "" || this.#ahead[0] !== "[") return;
    await this.#next();
    while (this.#ahead !== "" && !/[@-~]/.test(await this.#next()));
  }

  async #next(): Promise<string> {
    while (this.#ahead === "") {
      const buffer = new Uint8Array(1024);
      const count = await this.#io.read(buffer).catch(() => null);
      if (count === null) throw new Interrupted();
      this.#ahead = this.#decoder.decode(buffer.subarray(0, count), { stream: true });
    }
    const [first = ""] = this.#ahead;
    this.#ahead = this.#ahead.slice(first.length);
    return first;
  }
}

/** The process's own; undefined where nobody sits at its input. */
export function ownDialogue(write: (text: string) => void): Dialogue | undefined {
  const { stdin } = Deno;
  if (!stdin.isTerminal()) return undefined;
  return new TerminalDialogue({
    read: (buffer) => stdin.read(buffer),
    write,
    setRaw: (raw) => stdin.setRaw(raw),
  });
}
