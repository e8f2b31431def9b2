/** Replies in Google Gemini's formats. https://ai.google.dev/api/generate-content */

const USAGE = { promptTokenCount: 4, candidatesTokenCount: 3, totalTokenCount: 7 };

export const CONTENT = contentOf([{ text: "Hello there." }], "STOP");

/** "Hello there." in two pieces, then the end. */
export const CONTENT_PIECES = [
  contentOf([{ text: "Hello" }]),
  contentOf([{ text: " there." }]),
  contentOf([], "STOP"),
];

export const FUNCTION_CALL = { id: "call-1", name: "weather", args: { city: "Rome" } };

/** A call of `weather`, with the signature of the thought behind it. */
export const FUNCTION_CONTENT = contentOf(
  [{ functionCall: FUNCTION_CALL, thoughtSignature: "EqQBCgIYAhIM" }],
  "STOP",
);

function contentOf(parts: readonly unknown[], finishReason?: string) {
  return {
    candidates: [{
      content: { role: "model", parts },
      ...(finishReason === undefined ? {} : { finishReason }),
      index: 0,
    }],
    usageMetadata: USAGE,
    modelVersion: "model-a-001",
    responseId: "r-1",
  };
}

/** https://ai.google.dev/gemini-api/docs/troubleshooting */
export function googleError(code: number, status: string, message: string) {
  return { error: { code, message, status } };
}
