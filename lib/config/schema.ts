import * as z from "zod";
import type { DialectName } from "../dialect/dialect.ts";
import { parseBaseUrl } from "./base_url.ts";
import { parseErrorCodes } from "./error_codes.ts";
import { parsePatternText } from "./error_patterns.ts";
import { parseListen } from "./listen_address.ts";
import type { Parsed } from "./parsed.ts";
import { parseProxy } from "./proxy_url.ts";
import { parsePublicUrl } from "./public_url.ts";
import { isReserved } from "./reserved_names.ts";

// A message here goes on after the key's path: "must be …". Of unknown keys it is the list of
// those that are known. shape_faults.ts makes sentences of both.

/** Longest span a timer can wait for: above 2^31 - 1 ms, setTimeout fires at once. */
const MAX_SECONDS = 2_147_483;
const ONE_MS = 0.001;

function section<Shape extends z.ZodRawShape>(shape: Shape, error = "must be a mapping of keys") {
  return z.strictObject(shape, {
    error: ({ code }) => code === "unrecognized_keys" ? Object.keys(shape).join(", ") : error,
  });
}

function text(error: string) {
  return z.string({ error }).min(1, { error });
}

/** A text that `parse` accepts; its reason is the message. */
function parsedText<T>(error: string, parse: (text: string) => Parsed<T>) {
  return z.string({ error }).superRefine((value, context) => {
    const parsed = parse(value);
    if (!parsed.ok) context.addIssue({ code: "custom", message: parsed.reason });
  });
}

function name(error: string) {
  return text(error).refine((value) => !isReserved(value), {
    error: "must not be a reserved name; choose another",
  });
}

function flag() {
  return z.boolean({ error: "must be true or false" });
}

function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `must be ${words.join(" or ")}` });
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}

function number({ min, max, unit }: Range) {
  const error = `must be a number of ${unit} from ${min} to ${max}`;
  return z.number({ error }).gte(min, { error }).lte(max, { error });
}

function seconds(min: number) {
  return number({ min, max: MAX_SECONDS, unit: "seconds" });
}

function count(error: string) {
  return z.int({ error }).gte(0, { error }).lte(1_000_000, { error });
}

function path(fallback: string) {
  return z.string({ error: 'must be a path, or "" for none' }).default(fallback);
}

const timeouts = {
  connect_seconds: seconds(ONE_MS).optional().meta({
    description: "Longest time to connect to a backend: DNS, TCP and TLS together.",
    default: 10,
  }),
  first_byte_seconds: seconds(ONE_MS).optional().describe(
    "Longest wait from the request sent to the head of the response. Not written: 120 for a " +
      "streamed call, 600 for any other. Written: that value for both. Too short, and a model " +
      "that thinks before it answers counts as failed.",
  ),
  first_content_seconds: seconds(ONE_MS).optional().describe(
    "Longest wait from the head of the response to its first content: the first event with " +
      "content in it, or in a JSON reply the first byte that is not white space. Pings and " +
      "comments do not count. Not written: 180 for a streamed call, 600 for any other. Written: " +
      "that value for both. Too short, and a model that thinks first counts as failed.",
  ),
  idle_seconds: seconds(ONE_MS).optional().meta({
    description:
      "Longest silence in a committed response; after it the response is cut. A stream as a whole " +
      "has no time-out. Of a WebSocket: longest wait of bytes for a side that takes none.",
    default: 180,
  }),
};

const backendTimeouts = {
  connect_seconds: seconds(ONE_MS).optional().describe("As in timeouts, for this backend."),
  first_byte_seconds: seconds(ONE_MS).optional().describe("As in timeouts, for this backend."),
  first_content_seconds: seconds(ONE_MS).optional().describe("As in timeouts, for this backend."),
  idle_seconds: seconds(ONE_MS).optional().describe("As in timeouts, for this backend."),
};

const apiKey = z.string({ error: "must be text (quote a key of digits) or a list of texts" });

const DIALECTS = [
  "openai",
  "anthropic",
  "gemini",
  "azure",
] as const satisfies readonly DialectName[];

const dialect = z.union([
  choice(["auto", ...DIALECTS]),
  z.array(choice(DIALECTS), { error: "must be a list of dialects" })
    .min(1, { error: "must have at least one dialect" }),
], { error: `must be auto, ${DIALECTS.join(", ")}, or a list of the latter` });

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.1 */
const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/;
/** Visible ASCII with spaces and tabs inside. https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
const HEADER_VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;

const headerName = text("must be the name of a header").regex(HEADER_NAME, {
  error: "must be the name of a header: letters, digits and dashes",
});

const headers = section({
  set: z.record(
    headerName,
    z.string({ error: "must be text (quote a number)" }).regex(HEADER_VALUE, {
      error: "must be one line of visible ASCII",
    }),
    { error: "must be a mapping from header names to values" },
  ).default({}).describe(
    "Headers that every request to this backend gets, in place of the caller's of that name.",
  ),
  remove: z.array(headerName, { error: "must be a list of header names" }).default([]).describe(
    "Headers of the caller's that this backend does not get.",
  ),
});

const backend = section({
  name: name("must be the backend's name (quote one that looks like a number)").describe(
    "What routes, logs and commands call it. Unique.",
  ),
  url: parsedText(
    "must be a full http:// or https:// URL, such as https://api.provider-a.com/v1",
    parseBaseUrl,
  ).describe("Full base path, http or https, without query, fragment or user name."),
  api_key: z.union([apiKey, z.array(apiKey)], {
    error: "must be text (quote a key of digits) or a list of texts",
  }).optional().describe(
    "One key or a list of keys. With auth: passthrough it is only for the record and is never " +
      "sent; with auth: inject it is sent in place of the caller's. Redacted in every log.",
  ),
  auth: choice(["passthrough", "inject"]).default("passthrough").describe(
    "passthrough sends the caller's own credential; inject sends api_key instead. With inject, " +
      "whoever may call spends that key: write clients, or listen on a loopback address.",
  ),
  dialect: dialect.default("auto").describe(
    "The formats that this backend speaks, one or a list; calls in another pass it over, since formats " +
      "are never translated. With auth: inject its key then goes where the format wants it. auto takes every " +
      "call, and gets its key where the caller's credential was.",
  ),
  enabled: flag().default(true).describe("false passes the backend over."),
  proxy: parsedText(
    "must be a proxy's URL, such as http://127.0.0.1:7890 or socks5://127.0.0.1:1080",
    parseProxy,
  ).optional().describe(
    "Proxy through which this backend is reached, by CONNECT (http, https) or SOCKS5 (socks5, socks5h; " +
      "the proxy resolves the backend's name). user:password@ goes to the proxy only. Not written: " +
      "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY of the environment, but never for a backend on " +
      'loopback; "direct" is none. Redacted in every log.',
  ),
  ca: text("must be the path of a PEM file").optional().describe(
    "PEM file of certificates that this backend's may be signed by, besides the usual ones. Read again " +
      "when it changes.",
  ),
  max_concurrent: count("must be a whole number of requests, 0 for no cap").default(0).describe(
    "Most requests in flight at this backend; at the cap it is passed over. 0 is no cap.",
  ),
  headers: headers.prefault({}).describe(
    "The only way in which a header other than the credential changes: remove comes first, then set. Not for " +
      "what belongs to one connection (Host, Content-Length, Connection …).",
  ),
  timeouts: section(backendTimeouts).prefault({}).describe(
    "Time-outs of this backend; what is not written is as in timeouts.",
  ),
}, "must be a backend: a mapping with at least name and url");

const route = section({
  backend: text("must be the name of a backend").describe("The name of a backend."),
  model: text("must be the backend's own name of the model (quote one that looks like a number)")
    .describe(
      "The backend's own name for the model; it replaces the alias in the request.",
    ),
  priority: z.int({ error: "must be a whole number, without quotes; the smallest is tried first" })
    .default(1)
    .describe("Smaller is tried first. Routes of the same priority share the load."),
  weight: z.number({ error: "must be a number above 0" }).gt(0, { error: "must be above 0" })
    .lte(1_000_000, { error: "must be at most 1000000" }).default(1)
    .describe("Share of the load among routes of the same priority."),
  enabled: flag().default(true).describe("false passes the route over."),
}, "must be a route: a mapping with backend and model");

const routes = z.array(route, { error: "must be a list of routes" })
  .min(1, { error: "must have at least one route" });

const aliasName = text("must be the name of an alias (quote one that looks like a number)");

const aliasNames = z.array(aliasName, {
  error: 'must be a list of aliases, such as ["claude-opus"]',
});

const alias = z.union([
  routes,
  section({
    enabled: flag().default(true).describe(
      "false turns the alias off: callers are told so, and it is not listed.",
    ),
    balance: choice(["weighted", "round_robin", "least_busy", "fastest"]).default("weighted")
      .describe(
        "How routes of the same priority share the load. weighted: by chance; round_robin: in " +
          "turn; least_busy: to the fewest requests in flight (these three by weight); fastest: to " +
          "the one whose first content came soonest of late. One whose time is not known goes " +
          "first, so that a slow one is tried again now and then.",
      ),
    routes: routes.describe("The routes of this alias."),
    fallback_to: aliasNames.default([]).describe(
      "Other aliases, tried in this order when every route here is used up; they count towards " +
        "fallback.max_retries. The caller may then be answered by another model. A cycle is an " +
        "error.",
    ),
  }),
], { error: "must be a list of routes, or a mapping with routes" });

const fallback = section({
  cooldown_seconds: seconds(0).default(300).describe(
    "How long a failed route is left alone when the backend gives no hint. 0 is not at all.",
  ),
  max_cooldown_seconds: seconds(0).optional().meta({
    description:
      "Upper bound of a cooldown, whatever the backend hints (Retry-After and the like).",
    default: 3600,
  }),
  max_retries: count("must be a whole number of attempts, 0 for no limit").default(3).describe(
    "Most attempts for one request, the first included; the keys of a pool, 4 at most, are one " +
      "attempt. 0 is no limit.",
  ),
  when_all_cooling: choice(["least_bad", "reject"]).default("least_bad").describe(
    "When nothing but cooling routes is left: least_bad tries them, the one tried longest ago " +
      "first; reject leaves them alone, and answers 503 with Retry-After where nothing was tried.",
  ),
  deadline_seconds: seconds(ONE_MS).default(240).describe(
    "This long after its arrival a request starts no new attempt; one under way goes on. Too " +
      "long, and the caller has given up before the answer comes.",
  ),
  affinity_seconds: seconds(0).default(300).describe(
    "A conversation stays on the backend that served it this recently, which keeps its prompt " +
      "cache. 0 is off: what only the backend that made it knows (thinking signatures, " +
      "previous_response_id) may then be sent to another.",
  ),
  stored_ids_file: path("./logs/stored-ids.jsonl").describe(
    "Remembers which backend, and which key of its pool, made a stored object (a file, a batch, " +
      'an assistant), so that later requests for it go there. No credential is in it. "" keeps ' +
      "it in memory only, so that a restart forgets it.",
  ),
  alias_fallback: z.record(z.string(), aliasNames, {
    error: "must be a mapping from aliases to lists of aliases",
  }).default({}).describe(
    "From an alias to a list of aliases: the same as its fallback_to, whose names come first " +
      "where both are written.",
  ),
});

const errorCode = z.union([z.number(), z.string()], {
  error: 'must be a status from 400 to 599: 429, "5xx" or "500-503"',
}).superRefine((value, context) => {
  const parsed = parseErrorCodes(value);
  if (!parsed.ok) context.addIssue({ code: "custom", message: parsed.reason });
});

const detection = section({
  error_codes: z.array(errorCode, { error: "must be a list of statuses" })
    .default([402, 408, 429, "5xx"]).describe(
      'Statuses that count as a failure of the backend: numbers, "5xx" or "500-503".',
    ),
  error_patterns: z.array(
    parsedText('must be a text, or "/regular expression/flags"', parsePatternText),
    { error: "must be a list of texts" },
  ).default([]).describe(
    'Texts that make an error answer a failure of the backend: a part of it in any case, or "/regular ' +
      'expression/flags" (flags i, m, s, u; without lookaround and \\1).',
  ),
  stream_gate: flag().default(true).describe(
    "true holds a stream until its first event with content, so that an error before it leads to " +
      "the next route. With false the stream is passed on from its head, and such an error " +
      "reaches the caller.",
  ),
  hold_seconds: seconds(0).default(45).describe(
    "This long after the arrival of a request, a stream that shows by an event, a ping or a comment " +
      "that it lives is passed on without content, before a client that waits for a head leaves. What " +
      "goes wrong with it later reaches the caller. 0 holds it for first_content_seconds: then such a " +
      "client never gets an answer from a slow backend.",
  ),
  mid_stream_error: choice(["abort", "event"]).default("abort").describe(
    "What a caller sees of a stream that breaks when part of it was sent. abort cuts it as the " +
      "backend's was cut; event sends the error event of the caller's dialect first, then cuts. " +
      "Some clients repeat a request that was cut and take an error event for final.",
  ),
});

const limits = section({
  max_body_mb: number({ min: ONE_MS, max: 2047, unit: "MiB" }).default(64).describe(
    "Largest request body in MiB that is held in memory, as it comes and decoded; over it the answer is " +
      "413. Uploads of files that only one backend can take are sent on as they come, at any size.",
  ),
  max_concurrent: count("must be a whole number of requests, 0 for no cap").default(0).describe(
    "Most requests in flight, streams and WebSockets until they end; over it the answer is 503 with " +
      "Retry-After. 0 is no cap.",
  ),
  max_held_mb: number({ min: ONE_MS, max: 1_048_576, unit: "MiB" }).optional().describe(
    "Most MiB of request bodies that requests in flight hold in memory together; what finds no room is " +
      "answered 503 with Retry-After. Not written: a quarter of what V8's heap may become (some eighth of " +
      "the machine's memory), at most 512. In a container, write an eighth of its memory.",
  ),
  drain_seconds: seconds(0).default(30).describe(
    "After SIGTERM, how long streams in flight may go on.",
  ),
});

const logging = section({
  level: choice(["debug", "info", "warn", "error"]).default("info").describe(
    "How much goes into the general log and to the console.",
  ),
  request_dir: path("./logs/requests").describe(
    'Directory with one file a request. "" turns it off. Prompts and answers are in there.',
  ),
  error_dir: path("./logs/errors").describe('Directory with one file a failure. "" turns it off.'),
  general_file: path("./logs/proxy.log").describe(
    'The general log. "" turns it off; /dev/stdout is the program\'s own. No symbolic link is followed.',
  ),
  redact: flag().default(true).describe(
    "Credentials are shown as sk-ab****cdef in every log. With false they are written out.",
  ),
  max_body_kb: number({ min: 0, max: 1_048_576, unit: "KiB" }).default(1024).describe(
    "How much of each body a request log keeps, in KiB; the rest is counted, not kept.",
  ),
  format: choice(["text", "json"]).default("text").describe(
    "How the general log and the console are written: text for people, json for programs, a line each.",
  ),
  retain_days: number({ min: 0, max: 36_500, unit: "days" }).default(14).describe(
    "Request logs older than this are deleted. 0 keeps them.",
  ),
  max_total_mb: number({ min: 0, max: 1_048_576, unit: "MiB" }).default(1024).describe(
    "Most MiB of request logs, those of request_dir and error_dir together; the oldest are deleted first. 0 " +
      "is no limit.",
  ),
});

const history = section({
  file: path("./logs/history.db").describe(
    'SQLite file with a row for each request and attempt, for the dashboard. No body is in it. "" turns it ' +
      "off. A change needs a restart.",
  ),
  retain_days: number({ min: 0, max: 36_500, unit: "days" }).default(30).describe(
    "Rows older than this are deleted. 0 keeps them.",
  ),
});

const admin = section({
  listen: z.string({ error: "must be host:port in quotes" }).superRefine((value, context) => {
    const parsed = value === "" ? undefined : parseListen(value);
    if (parsed?.ok === false) context.addIssue({ code: "custom", message: parsed.reason });
  }).optional().meta({
    description:
      'host:port of the dashboard, /metrics and the live commands. "" turns it off. A port in use ' +
      "is fatal only where this is written. A change needs a restart.",
    default: "127.0.0.1:8081",
  }),
  token: z.string({ error: "must be text (quote a token of digits)" }).default("").describe(
    "What whoever opens the dashboard has to know. Required where listen is not a loopback address. Redacted " +
      "in every log.",
  ),
  public_url: z.string({ error: "must be text: the address that browsers open" })
    .superRefine((value, context) => {
      const parsed = value === "" ? undefined : parsePublicUrl(value);
      if (parsed?.ok === false) context.addIssue({ code: "custom", message: parsed.reason });
    }).default("").describe(
      "The address at which browsers open the dashboard through a proxy, such as https://example.org/llm/: its host and " +
        "origin are let in, and its path may be sent on or taken off. Whoever reaches it is let in by the token alone.",
    ),
});

const MOST_WORKERS = 64;

function loops() {
  const error = `must be a whole number from 1 to ${MOST_WORKERS}, or "auto"`;
  const number = z.int({ error }).gte(1, { error }).lte(MOST_WORKERS, { error });
  return z.union([number, z.literal("auto", { error })], { error });
}

const tls = section({
  cert: text("must be the path of a PEM file").describe(
    "PEM file with the certificate and those between it and its root.",
  ),
  key: text("must be the path of a PEM file").describe("PEM file with its private key."),
}, "must be a mapping with cert and key");

const client = section({
  name: name("must be a name for the caller (quote one that looks like a number)").describe(
    "What logs call this caller. Unique.",
  ),
  key: text("must be text (quote a key of digits)").describe(
    "The key it calls with, as Authorization: Bearer, x-api-key, x-goog-api-key, api-key or ?key=. No header or query " +
      "takes it to a backend. Unique. Redacted in every log.",
  ),
  models: z.array(text('must be an alias, or a part of one with "*"'), {
    error: 'must be a list of aliases, such as ["claude-*"]',
  }).optional().describe(
    'The models it may call, with * for any characters. Binds unknown names too; without "*" in it, only ' +
      "calls that a model answers are allowed (chat, responses, messages, embeddings, images, audio …), and " +
      "none that may be read as another model's. Not written: every one.",
  ),
}, "must be a caller: a mapping with name and key");

const schema = section({
  listen: parsedText(
    'must be host:port in quotes, such as "127.0.0.1:8080" or ":8080"',
    parseListen,
  ).default(":8080").describe(
    'host:port. ":8080" is all interfaces, over IPv4 and IPv6; "localhost:8080" is 127.0.0.1 and [::1]; ' +
      "port 0 is any free port. A change needs a restart.",
  ),
  tls: tls.optional().describe(
    "Serves HTTPS. Renewed files are served to new connections; to begin or end with TLS needs a restart.",
  ),
  clients: z.array(client, { error: "must be a list of callers" }).optional().describe(
    "Who may call. Not written, and no backend injects a key: anybody. Not written, and one does: this " +
      "machine only. []: anybody, on purpose.",
  ),
  backends: z.array(backend, {
    error: 'must be a list of backends, each of which begins with "- name:"',
  })
    .min(1, { error: "must have at least one backend" })
    .describe("The APIs that requests can go to."),
  models: z.record(z.string(), alias, {
    error:
      "must be a mapping from aliases to routes: the alias and a colon, below it its list of routes",
  })
    .refine((aliases) => Object.keys(aliases).length > 0, { error: "must have at least one alias" })
    .describe("From the model names that callers use to routes: a list, or a mapping with routes."),
  default_backend: text("must be the name of a backend").optional().describe(
    "The name of a backend that takes what no alias takes: requests for an unknown model, its " +
      "name unchanged, and requests without a model. Not written: both are answered 400. With " +
      "auth: inject, callers then spend its key on any model and any path.",
  ),
  fallback: fallback.prefault({}).describe("What happens after a failure."),
  detection: detection.prefault({}).describe("What counts as a failure."),
  timeouts: section(timeouts).prefault({}).describe("Spans in seconds; fractions are allowed."),
  limits: limits.prefault({}).describe("Bounds on what the proxy takes on."),
  logging: logging.prefault({}).describe(
    "Where the logs go. Relative paths are relative to the configuration file.",
  ),
  history: history.prefault({}).describe("What the dashboard remembers."),
  admin: admin.prefault({}).describe(
    "Dashboard, metrics and live commands, on a port of their own.",
  ),
  workers: loops().default(1).describe(
    'Event loops that share the port, up to 64, each on a core of its own (Linux); "auto" is one a core. They ' +
      "behave as one proxy. Elsewhere there is one, whatever is written. A change needs a restart.",
  ),
}).meta({ title: "llm-proxy configuration" });

/** The configuration as written, with defaults filled in. */
export type Config = z.output<typeof schema>;
export type TimeoutsConfig = Config["timeouts"];
export type AliasConfig = Config["models"][string];

/** What the schema found wrong. */
export type Issue = z.core.$ZodIssue;

/** Checks shapes and values, not references. */
export function checkShape(
  value: unknown,
): { config: Config | undefined; issues: readonly Issue[] } {
  const result = schema.safeParse(value);
  return { config: result.data, issues: result.error?.issues ?? [] };
}

/** The JSON Schema (draft 2020-12) of what people write, with a description for each key. */
export function configSchema(): unknown {
  return z.toJSONSchema(schema, { io: "input" });
}
