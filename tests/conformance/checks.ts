/** All checks, in an order in which none stands in another's way: what may bench a backend comes last. */
import type { Check } from "./check.ts";
import { CLAUDE_CODE_ENDPOINTS } from "./claude_code_endpoints.ts";
import { CLAUDE_CODE_REPLIES } from "./claude_code_replies.ts";
import { CLAUDE_CODE_REQUESTS } from "./claude_code_requests.ts";
import { CLAUDE_CODE_ROUTES } from "./claude_code_routes.ts";
import { CODEX_REQUESTS } from "./codex_requests.ts";
import { CODEX_STREAMS } from "./codex_streams.ts";
import { SDK_CHECKS } from "./sdk_checks.ts";

export const CHECKS: readonly Check[] = [
  ...CLAUDE_CODE_ENDPOINTS,
  ...CLAUDE_CODE_REQUESTS,
  ...CODEX_REQUESTS,
  ...CODEX_STREAMS,
  ...CLAUDE_CODE_ROUTES,
  ...CLAUDE_CODE_REPLIES,
  ...SDK_CHECKS,
];
