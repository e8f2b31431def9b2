/** What a parser tells of a response, as values that can be compared. */
import { Buffer } from "node:buffer";
import type { ResponseHead } from "../../lib/http1/response_head.ts";
import { ResponseParser, type ResponseSink } from "../../lib/http1/response_parser.ts";

/** All that was told of a response, in order; neighbouring data as one. */
export type Told =
  | { readonly kind: "interim" }
  | ({ readonly kind: "head" | "switch" } & ResponseHead)
  | { readonly kind: "data" | "rest"; readonly text: string }
  | { readonly kind: "end"; readonly hasSurplus: boolean }
  | { readonly kind: "fault"; readonly fault: string };

export interface Given {
  readonly method?: string;
  readonly upgrade?: boolean;
  /** Whether the connection ends after the last piece. */
  readonly ends?: boolean;
}

/** What is told of these pieces, one byte a character. */
export function toldOf(
  pieces: readonly (string | Uint8Array)[],
  { method = "POST", upgrade = false, ends = false }: Given = {},
): readonly Told[] {
  const sink = new Notes();
  const parser = new ResponseParser(sink);
  parser.begin({ method, upgrade });
  for (const piece of pieces) {
    parser.push(typeof piece === "string" ? Buffer.from(piece, "latin1") : Buffer.from(piece));
  }
  if (ends && !parser.finish()) sink.told.push({ kind: "fault", fault: "the connection ended" });
  return sink.told;
}

class Notes implements ResponseSink {
  readonly told: Told[] = [];

  onInterim(): void {
    this.told.push({ kind: "interim" });
  }

  onHead(head: ResponseHead): void {
    this.told.push({ kind: "head", ...head });
  }

  onData(bytes: Uint8Array): void {
    const last = this.told.at(-1);
    const text = Buffer.from(bytes).toString("latin1");
    if (last?.kind !== "data") this.told.push({ kind: "data", text });
    else this.told[this.told.length - 1] = { kind: "data", text: last.text + text };
  }

  onEnd({ hasSurplus }: { readonly hasSurplus: boolean }): void {
    this.told.push({ kind: "end", hasSurplus });
  }

  onSwitch(head: ResponseHead, rest: Uint8Array): void {
    this.told.push({ kind: "switch", ...head });
    this.told.push({ kind: "rest", text: Buffer.from(rest).toString("latin1") });
  }

  onFault(fault: string): void {
    this.told.push({ kind: "fault", fault });
  }
}

/** The body that was told, and how it ended. */
export function bodyIn(told: readonly Told[]) {
  const text = told.flatMap((each) => each.kind === "data" ? [each.text] : []).join("");
  return { text, ending: told.at(-1)?.kind };
}
