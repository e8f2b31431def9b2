/** Why the rest of a channel is not carried over. */
import type { Explanation } from "./entry.ts";

const BOOKKEEPING =
  /(?:^|\.)(?:id|created_time|test_time|response_time|balance|balance_updated_time|used_quota|test_model|other_info|remark|tag|auto_ban|need_reconcile|is_multi_key|multi_key_\w+|success|message|total|page|page_size|type_counts|object)$/;

/** By where it stands. */
export function explainChannels(kind: string): Explanation | undefined {
  const why = WHY.find(([pattern]) => pattern.test(kind))?.[1];
  if (why !== undefined) return { why, isBookkeeping: false };
  if (/(?:^|\.)group$/.test(kind)) {
    return {
      why:
        "there are no groups: every caller reaches every channel; clients[].models says who may call what",
      isBookkeeping: true,
    };
  }
  return BOOKKEEPING.test(kind)
    ? { why: "is what that program keeps for itself", isBookkeeping: true }
    : undefined;
}

const WHY: readonly (readonly [RegExp, string])[] = [
  [
    /(?:^|\.)param_override$|(?:^|\.)system_prompt$/,
    "requests pass unchanged, so nothing is put into them; callers send it",
  ],
  [
    /(?:^|\.)status_code_mapping$/,
    "a backend's status passes unchanged; detection.error_codes says which count as its failure",
  ],
  [
    /(?:^|\.)(?:setting|settings|config|other)$/,
    "there is no such setting here: requests and answers pass unchanged",
  ],
  [/(?:^|\.)allow_(?:non_)?streaming$/, "a route takes calls with and without streaming"],
  [
    /(?:^|\.)weight$/,
    "one-api does not weigh channels either; write weight on the route where it should",
  ],
];
