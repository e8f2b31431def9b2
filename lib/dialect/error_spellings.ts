/** How vendors say "error" in JSON, whatever status they send it with. */
import { isFilled, isJsonObject, type JsonObject, objectOf, objectsIn } from "./json_object.ts";

/** Finds the members of an error that is spelt in one way; undefined where it is not. */
type Spelling = (object: JsonObject) => JsonObject | undefined;

/**
 * The spellings, the most telling first. OpenAI, Anthropic, Google, Ollama: `error` · vLLM: `object` ·
 * MiniMax: `base_resp` · Tencent: `Response.Error` · Volcano: `ResponseMetadata.Error` · Cloudflare:
 * `success`, `errors` · Baidu: `error_code` · DashScope, SiliconFlow, gRPC, Zhipu: `code` beside words ·
 * AWS: `__type`, `Error` · Apigee: `fault`.
 */
const SPELLINGS: readonly Spelling[] = [
  (it) => isFilled(it.error) ? membersOf(it.error) ?? it : undefined,
  (it) => typeof it.type === "string" && /error$/i.test(it.type) ? it : undefined,
  (it) => it.object === "error" ? it : undefined,
  ({ base_resp }) => {
    const { status_code, status_msg } = objectOf(base_resp);
    return isFilled(status_code) ? { code: status_code, message: status_msg } : undefined;
  },
  (it) => capitalized(objectOf(it.Response).Error),
  (it) => capitalized(objectOf(it.ResponseMetadata).Error),
  (it) => capitalized(it.Error),
  (it) => isFilled(it.errors) ? membersOf(it.errors) ?? it : undefined,
  (it) => isFilled(it.fault) ? membersOf(it.fault) ?? it : undefined,
  (it) => isFilled(it.__type) ? { ...it, type: it.__type } : undefined,
  (it) => {
    const code = [it.error_code, it.errcode, it.err_code, it.errorCode].find(saysFailure);
    const message = it.error_msg ?? it.errmsg ?? it.err_msg ?? it.errorMessage;
    return code === undefined ? undefined : { ...it, code, message: message ?? it.message };
  },
  (it) => it.success === false || it.ok === false ? it : undefined,
  (it) => RETURN_CODES.some((name) => saysFailure(it[name])) && hasWords(it) ? it : undefined,
  errorInChoices,
  (it) => isFailedStatus(it.status) || isFailedStatus(it.statusCode) ? it : undefined,
  (it) => isWordsAlone(it) ? it : undefined,
];

/**
 * The members of the error that an object reports, wherever the vendor puts them; undefined where it
 * reports none. An object that holds a result as well is an answer: that is asked first.
 */
export function errorIn(object: JsonObject): JsonObject | undefined {
  for (const spelling of SPELLINGS) {
    const members = spelling(object);
    if (members !== undefined) return members;
  }
  return undefined;
}

/** OpenRouter's: an error in every choice, and nothing that was said. Undefined for anything else. */
export function errorInChoices({ choices }: JsonObject): JsonObject | undefined {
  const all = objectsIn(choices);
  const isEach = all.every(({ error, message, delta, text }) => {
    return isFilled(error) && !isFilled(text) && ![message, delta].some(saysAnything);
  });
  const [first] = all;
  return first !== undefined && isEach ? membersOf(first.error) ?? first : undefined;
}

function saysAnything(message: unknown): boolean {
  return Object.entries(objectOf(message)).some(([name, value]) => {
    return name !== "role" && isFilled(value);
  });
}

/** An error that is an object, or a list of them; undefined where it is only a word. */
function membersOf(error: unknown): JsonObject | undefined {
  return isJsonObject(error) ? error : objectsIn(error)[0];
}

/** Tencent, Volcano and AWS write `Code` and `Message`. */
function capitalized(error: unknown): JsonObject | undefined {
  if (!isJsonObject(error) || !isFilled(error)) return undefined;
  return { code: error.Code, message: error.Message, ...error };
}

/** Where a code says how a call went; beside words it is an error's. */
const RETURN_CODES = [
  ...["code", "ret", "retcode", "ret_code", "errno", "return_code", "returnCode"],
  ...["result_code", "resultCode"],
];

/** Codes that say that all went well, as texts. */
const SUCCESSES: ReadonlySet<string> = new Set(["0", "200", "20000", "ok", "success"]);

function saysFailure(code: unknown): boolean {
  return isFilled(code) && typeof code !== "object" && !SUCCESSES.has(`${code}`.toLowerCase());
}

function isFailedStatus(status: unknown): boolean {
  if (typeof status === "number") return status >= 400;
  return typeof status === "string" && /^(?:error|fail(?:ed|ure)?|[45]\d\d)$/i.test(status);
}

/** Where an error says in words what it is. */
const WORDS = ["message", "msg", "detail", "Message", "error_msg", "error_description"];

/** What besides words stands in an error, and never is a result. */
const BESIDE_WORDS: ReadonlySet<string> = new Set([
  ...WORDS,
  ...["code", "status", "statusCode", "success", "param", "title", "instance", "path", "timestamp"],
  ...["request_id", "requestId", "RequestId", "trace_id", "traceId", "log_id", "details"],
]);

/** FastAPI's `detail`, an API gateway's `message`: nothing but words, where an answer was to be. */
function isWordsAlone(object: JsonObject): boolean {
  const { success, code } = object;
  if (success === true || (code ?? undefined) !== undefined && !saysFailure(code)) return false;
  return hasWords(object) &&
    Object.entries(object).every(([name, value]) => BESIDE_WORDS.has(name) || !isFilled(value));
}

function hasWords(object: JsonObject): boolean {
  return WORDS.some((name) => {
    const said = object[name];
    return typeof said === "string" ? said !== "" : name === "detail" && isFilled(said);
  });
}
