/** Every metric there is: its name, what it means, and its labels. Units are seconds and bytes. */

export interface MetricShape<Label extends string = string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /** Of several event loops: each has counted its own, or each sees the same. */
  readonly acrossLoops: "sum" | "first";
}

/** From an answer out of a cache to the longest that anybody waits for a model. */
export const SECONDS_BUCKETS: readonly number[] = [
  ...[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600],
];

export const METRIC_SHAPES = {
  requests: shape(
    "llm_proxy_requests_total",
    "Requests that have ended, by the class of the status that the caller got",
    ["alias", "dialect", "status_class", "ending"],
  ),
  attempts: shape(
    "llm_proxy_attempts_total",
    "Attempts, by what came of them (a class of status or a fault) and the rule that judged it",
    ["backend", "alias", "outcome", "rule"],
  ),
  fallbacks: shape(
    "llm_proxy_fallbacks_total",
    "Attempts that failed and were followed by one on another route, by the rule that judged them",
    ["alias", "from_backend", "rule"],
  ),
  lateFailures: shape(
    "llm_proxy_late_failures_total",
    "Answers that went wrong after they had begun, when no fallback was possible any more",
    ["backend", "alias", "rule"],
  ),
  cooldowns: shape(
    "llm_proxy_cooldowns_total",
    "Cooldowns begun or made longer, by what cools",
    ["backend", "scope"],
  ),
  coolingRoutes: same(
    shape("llm_proxy_cooling_routes", "Routes that are cooling now", ["backend"]),
  ),
  inFlight: shape("llm_proxy_in_flight_requests", "Requests under way", []),
  heldBytes: same(
    shape("llm_proxy_held_bytes", "Bytes of request bodies that they hold", []),
  ),
  shed: shape(
    "llm_proxy_shed_requests_total",
    "Requests turned away with 503 because there was too much to do",
    ["reason"],
  ),
  backendInFlight: same(shape(
    "llm_proxy_backend_in_flight",
    "Attempts on a backend that have not ended",
    ["backend"],
  )),
  timeToHead: shape(
    "llm_proxy_time_to_head_seconds",
    "From the start of an attempt that answered with 2xx to its response head",
    ["backend", "alias"],
  ),
  timeToFirstContent: shape(
    "llm_proxy_time_to_first_content_seconds",
    "From the start of an attempt that answered with 2xx to the first content of a model's answer",
    ["backend", "alias"],
  ),
  requestDuration: shape(
    "llm_proxy_request_duration_seconds",
    "From a request's arrival to its end, all its attempts included",
    ["alias"],
  ),
  tokens: shape(
    "llm_proxy_tokens_total",
    "Tokens as the backend counted them; cached is part of input, reasoning of output",
    ["backend", "alias", "kind"],
  ),
  requestBytes: shape("llm_proxy_request_bytes_total", "Bytes of request bodies", []),
  responseBytes: shape("llm_proxy_response_bytes_total", "Bytes of response bodies", []),
  recordsLost: shape(
    "llm_proxy_records_lost_total",
    "Records that could not be written",
    ["record"],
  ),
  revision: same(shape(
    "llm_proxy_config_revision",
    "Configurations put in force since the start; the first is 1",
    [],
  )),
  reloadErrors: shape(
    "llm_proxy_config_reload_errors_total",
    "Times the configuration was saved with errors",
    [],
  ),
  loopRequests: shape(
    "llm_proxy_loop_requests_total",
    "Requests that have ended, by the event loop that served them (see workers)",
    ["loop"],
  ),
  buildInfo: same(shape("llm_proxy_build_info", "Always 1", ["version"])),
  cpuSeconds: same(
    shape("process_cpu_seconds_total", "CPU time of the process, user and system", []),
  ),
  residentBytes: same(shape("process_resident_memory_bytes", "Memory of the process", [])),
  startTime: same(shape("process_start_time_seconds", "When it started, since the epoch", [])),
} as const;

function shape<const Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
): MetricShape<Label> {
  return { name, help, labelNames, acrossLoops: "sum" };
}

/** One that every event loop sees alike. */
function same<Label extends string>(counted: MetricShape<Label>): MetricShape<Label> {
  return { ...counted, acrossLoops: "first" };
}
