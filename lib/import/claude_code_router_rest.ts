/** Why the rest of claude-code-router's configuration is not carried over. */
import type { Explanation } from "./entry.ts";

/** By where it stands. */
export function explainClaudeCodeRouter(kind: string): Explanation | undefined {
  const why = WHY.find(([pattern]) => pattern.test(kind))?.[1];
  return why === undefined ? undefined : { why, isBookkeeping: false };
}

const WHY: readonly (readonly [RegExp, string])[] = [
  [
    /^[Pp]roviders\.transformers?$|^transformers$/,
    "requests and answers pass unchanged: a client reaches only backends that speak its format. Claude Code needs " +
    "one that speaks Anthropic's, which many providers have beside OpenAI's: write its url and dialect: anthropic",
  ],
  [
    /^(?:CUSTOM_ROUTER_PATH|REWRITE_SYSTEM_PROMPT)$/,
    "no script and no prompt of yours is run or put in; the model that a client names decides",
  ],
  [
    /^Router\.longContextThreshold$/,
    "nobody counts tokens before a request is sent; the model that a client names decides",
  ],
  [
    /^(?:LOG|NON_INTERACTIVE_MODE|HOT_RELOAD|CLAUDE_PATH|StatusLine|forceUseImageAgent)$/,
    "is a matter of that program; here logs are always kept, and saved changes count at once",
  ],
];
