/**
 * How vendors say in an error what it is about. A code counts where it is the vendor's own member; a
 * phrase only at the start of the message, since what comes further in may be the caller's own words.
 */

export interface ErrorPhrases {
  /** What a `type`, `code`, `status` or `reason` may be, lower-case. */
  readonly codes: ReadonlySet<string>;
  /** How a message starts; `name` is the model that it names. */
  readonly starts: readonly RegExp[];
}

/** What resellers put before another's message: LiteLLM, SDKs, gateways, one-api with a masked key. */
export const PREFIXES: readonly RegExp[] = [
  /^litellm\.(?:\w+\.)*\w+:\s*/,
  /^\w+Exception(?: -|:)\s*/,
  /^(?:BadRequest|Authentication|PermissionDenied|NotFound|RateLimit|APIStatus)Error:\s*/,
  /^(?:upstream error|provider returned error|error from provider(?: \([^)]*\))?):\s*/i,
  /^error code: \d{3} - /i,
  /^\[sk-[^\]]{0,40}\]\s*/,
];

/** Messages that only say that the words are another's, which stand in `metadata.raw`. */
export const SEE_RAW = /^provider returned error$/i;

/** An account without money: it does not recover by waiting a minute. */
export const NO_MONEY: ErrorPhrases = {
  codes: new Set([
    ...["insufficient_quota", "insufficient_user_quota", "credit_balance_exhausted"],
    ...["insufficient_balance", "insufficient_credits", "insufficient_funds"],
    ...["billing_hard_limit_reached", "billing_not_active", "billing_disabled", "arrearage"],
    ...["exceeded_current_quota_error", "accountoverdueerror", "budget_exceeded"],
    ...["payment_required", "allocationquota.freetieronly"],
  ]),
  starts: [
    /^your (?:credit|account)?\s*balance is (?:too low|not enough|insufficient)/i,
    /^(?:sorry, )?(?:your )?account balance is (?:insufficient|not enough|too low)/i,
    /^(?:you have )?insufficient (?:account |user )?(?:balance|credits?|funds|quota)\b/i,
    /^(?:not enough|no|out of) (?:credits?|balance|funds)\b/i,
    /^you(?:'ve| have)? (?:run|ran) out of (?:credits?|balance|funds)\b/i,
    /^this request requires more credits/i,
    /^payment required/i,
    /^(?:the )?billing hard limit has been reached/i,
    /^your account is not active, please check your billing/i,
    /^access denied, please make sure your account is in good standing/i,
    /^(?:your )?(?:account |user )?quota (?:is |has been )?(?:exhausted|used up)[.!]?$/i,
    /^budget has been exceeded/i,
    // 余额不足, 额度不足, 额度已用尽, 欠费: balance short, quota short, quota used up, in arrears.
    /^(?:您的|你的|该|当前|抱歉|用户|账户|账号|帐户|帐号|令牌|剩余|可用|的|，|,|\s)*(?:余额不足|额度不足|余额已用完|额度已用尽|额度已用完|已?欠费|预扣费额度失败)/,
  ],
};

/** A key that is not good. */
export const REFUSED_KEY: ErrorPhrases = {
  codes: new Set([
    ...["invalid_api_key", "api_key_invalid", "incorrect_api_key", "invalidapikey"],
    ...["authentication_error", "authenticationerror", "invalid_authentication"],
    ...["invalid_authentication_error", "unauthenticated", "invalid_api_key_error"],
  ]),
  starts: [
    /^api[ _-]?key (?:is )?(?:not valid|invalid|expired|incorrect)/i,
    /^(?:the |your )?api[ _-]?key (?:you )?(?:provided )?(?:is |has )?(?:not valid|invalid|expired|incorrect)/i,
    /^(?:invalid|incorrect|wrong|expired) (?:x-)?api[ _-]?key\b/i,
    /^invalid (?:authentication|auth|bearer) (?:credentials?|token|key)?/i,
    /^invalid token(?: provided)?[.!]?$/i,
    /^authentication (?:fails|failed|error)\b/i,
    // 无效的令牌, 令牌无效, 该令牌已过期, 身份验证失败: invalid token, expired, authentication failed.
    /^(?:无效的?(?:的)?(?:令牌|api ?key|密钥)|该?令牌(?:无效|已过期|状态不可用|不存在)|(?:api ?key|密钥)\s*(?:无效|错误|已过期)|身份验证失败|鉴权失败|认证失败)/i,
  ],
};

/** More than the model takes. */
export const TOO_LONG: ErrorPhrases = {
  codes: new Set([
    ...["context_length_exceeded", "context_window_exceeded", "model_context_window_exceeded"],
    ...["exceed_context_size_error", "model_max_prompt_tokens_exceeded", "request_too_large"],
    ...["prompt_too_long", "input_too_long", "context_length_error", "string_above_max_length"],
  ]),
  starts: [
    /^(?:the )?(?:prompt|input) is too long/i,
    /^this (?:model|endpoint)'s maximum (?:context|prompt) length is/i,
    /^input length and .{0,40} exceed context limit/i,
    /^(?:the )?input token count\b.{0,40}exceeds/i,
    /^your (?:input|request) (?:exceeds|exceeded) (?:the context window|model token limit)/i,
    /^(?:the )?request (?:\(\d+ tokens\) )?exceeds the available context size/i,
    /^(?:the )?prompt token count of \d+ exceeds/i,
    /^(?:the )?(?:requested )?(?:token count|context length|context window) exceeds/i,
    /^range of input length should be/i,
    /^invalid params, context window exceeds limit/i,
  ],
};

/** What a vendor refuses to answer: the prompt's doing, whatever the status. */
export const FLAGGED: ErrorPhrases = {
  codes: new Set([
    ...["content_filter", "content_policy_violation", "moderation_blocked", "moderation_error"],
    ...["data_inspection_failed", "datainspectionfailed", "responsibleaipolicyviolation"],
  ]),
  starts: [
    /^(?:your chosen model|\S+) requires moderation/i,
    /^output data may contain inappropriate/i,
  ],
};

const QUOTED = "[`'\"“”‘’]?";
/** A model's name: as quoted, or a word that is none of the sentence's. */
const NAME = `${QUOTED}(?!(?:does|do|is|was|has|not|or|identifier|name|id)\\s)` +
  `(?<name>[^\\s\`'"“”‘’,;]+?)${QUOTED}`;
const UNKNOWN = "(?:(?:does|do|is|was|has|been|are|could)\\s+)*" +
  "(?:not? (?:exist|found|available|supported|valid|known|be found)|no longer \\w+|" +
  "unknown|unavailable|unsupported|invalid|deprecated|decommissioned|retired)";

/** A model that is not known there. */
export const MODEL_UNKNOWN: ErrorPhrases = {
  codes: new Set([
    ...["model_not_found", "deploymentnotfound", "invalidendpointormodel.notfound"],
    ...["model_not_supported", "unsupported_model", "model_decommissioned", "modelnotfound"],
    ...["unknown_model", "invalid_model", "model_not_available", "model_not_exist"],
  ]),
  starts: [
    // Anthropic's not_found_error is nothing but the name.
    `model:\\s*${NAME}$`,
    `(?:the )?(?:requested |specified |provided |publisher )?(?:model|deployment):?\\s+${NAME}` +
    `:?\\s+${UNKNOWN}`,
    `(?:the )?(?:requested |specified |provided )?model(?: identifier)?:?\\s+${UNKNOWN}`,
    `${NAME} is (?:not a valid model|not supported|not found|not available)`,
    `(?:no such|unknown|unsupported|not supported|invalid|unrecognized|not found the|unable to access)` +
    ` model(?: name| id)?:?\\s+(?:passed in model=)?${NAME}\\.?(?:$|[\\s,;])`,
    `no endpoints found for ${NAME}\\.?$`,
    `(?:当前分组\\s*\\S+\\s*下)?对于模型\\s*${NAME}\\s*无可用渠道`,
    `模型[:：\\s]*(?:${NAME})?\\s*(?:不存在|未找到|不支持)`,
    "the api deployment for this resource does not exist",
  ].map((start) => new RegExp(`^(?:${start})`, "i")),
};
