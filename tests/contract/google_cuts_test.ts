/** The official Google SDK: no stream that was cut after content ends as if it were whole. */
import { googleAt } from "./clients.ts";
import { type Read, testCuts } from "./cuts.ts";
import { CONTENT_PIECES } from "./google_replies.ts";
import { dataFrame } from "./providers.ts";

const CALL = { model: "assistant", contents: "Hello" };

const READS: Readonly<Record<string, Read>> = {
  async "google models.generateContentStream()"(url, onContent) {
    for await (const { text } of await googleAt(url).models.generateContentStream(CALL)) {
      if (text !== undefined) onContent();
    }
  },
};

testCuts(READS, CONTENT_PIECES.slice(0, 1).map(dataFrame).join(""));
