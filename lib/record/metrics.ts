/** What happened, counted, for Prometheus. */
import type { Snapshot } from "../config/snapshot.ts";
import { dialectOf } from "../dialect/dialect.ts";
import { ruleOf } from "../policy/rules.ts";
import type { HealthChange } from "../state/health.ts";
import type { Outcome } from "../wire/outcome.ts";
import { pathOf } from "../wire/receive.ts";
import type { AttemptRecord, Entry, EntryWatcher } from "./entry.ts";
import { contentMsOf, headMsOf, relayedAttempt, tokensOf } from "./measures.ts";
import { type Labels, type MetricFigures, MetricRegistry } from "./metric_registry.ts";
import { METRIC_SHAPES } from "./metric_shapes.ts";
import { isSameRoute } from "./next_step.ts";
import { type MetricSources, showStanding } from "./standing_metrics.ts";

/** Stands for every name that the configuration does not have, so that labels stay few. */
const OTHER = "other";

export class Metrics implements EntryWatcher {
  readonly #registry = new MetricRegistry();
  readonly #requests = this.#registry.counter(METRIC_SHAPES.requests);
  readonly #attempts = this.#registry.counter(METRIC_SHAPES.attempts);
  readonly #fallbacks = this.#registry.counter(METRIC_SHAPES.fallbacks);
  readonly #lateFailures = this.#registry.counter(METRIC_SHAPES.lateFailures);
  readonly #cooldowns = this.#registry.counter(METRIC_SHAPES.cooldowns);
  readonly #timeToHead = this.#registry.histogram(METRIC_SHAPES.timeToHead);
  readonly #timeToFirstContent = this.#registry.histogram(METRIC_SHAPES.timeToFirstContent);
  readonly #requestDuration = this.#registry.histogram(METRIC_SHAPES.requestDuration);
  readonly #tokens = this.#registry.counter(METRIC_SHAPES.tokens);
  readonly #requestBytes = this.#registry.counter(METRIC_SHAPES.requestBytes);
  readonly #responseBytes = this.#registry.counter(METRIC_SHAPES.responseBytes);
  readonly #reloadErrors = this.#registry.counter(METRIC_SHAPES.reloadErrors);
  /** Undefined until there is a configuration: until then every name is another one. */
  #snapshot: Snapshot | undefined;
  #hasStaleNames = false;
  /** Whether there is a port on which somebody could ask; until that is known, there may be. */
  #isShown = true;
  #ended = 0;

  constructor(sources: MetricSources) {
    showStanding(this.#registry, sources, () => this.#snapshot);
    this.#registry.shownCounter(METRIC_SHAPES.loopRequests, (counter) => {
      counter.inc({ loop: String(sources.loop) }, this.#ended);
    });
  }

  /** For the `Content-Type` of what `text()` gives. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Takes the names in force; at the start and at each reload. */
  configure(snapshot: Snapshot): void {
    // Where the port opens with a restart alone, nobody can ask before.
    this.#isShown = this.#snapshot === undefined
      ? snapshot.admin.listen !== undefined
      : this.#isShown;
    this.#snapshot = snapshot;
    this.#hasStaleNames = true;
  }

  /** The configuration was saved with errors. */
  reloadFailed(): void {
    this.#reloadErrors.add({}, 1);
  }

  /** Every metric in Prometheus' text format, without names that have left the configuration. */
  async text(others: readonly MetricFigures[] = []): Promise<string> {
    await this.#dropStaleNames();
    return await this.#registry.text(others);
  }

  /** The same as plain values, for the event loop that puts those of all together. */
  async figures(): Promise<MetricFigures> {
    await this.#dropStaleNames();
    return await this.#registry.figures();
  }

  async #dropStaleNames(): Promise<void> {
    if (!this.#hasStaleNames) return;
    this.#hasStaleNames = false;
    await this.#registry.drop((labels) => this.#isStale(labels));
  }

  onAttempt(entry: Entry, attempt: AttemptRecord): void {
    if (this.#isShown) this.#countAttempt(entry, attempt);
  }

  onEnd(entry: Entry): void {
    this.#ended++;
    if (this.#isShown) this.#countRequest(entry);
  }

  #countAttempt(entry: Entry, attempt: AttemptRecord): void {
    const { backend: name, verdict, outcome, change } = attempt;
    const alias = this.#aliasOf(entry);
    const backend = this.#backend(name);
    this.#attempts.add({
      backend,
      alias,
      outcome: outcomeLabel(outcome),
      rule: ruleOf(verdict.row),
    }, 1);
    this.#countCooldown(backend, change);
    const before = entry.attempts.at(-2);
    if (before === undefined || isSameRoute(before, attempt)) return;
    const from_backend = this.#backend(before.backend);
    this.#fallbacks.add({ alias, from_backend, rule: ruleOf(before.verdict.row) }, 1);
  }

  #countRequest(entry: Entry): void {
    const { response, ending, call, arrival, requestBody } = entry;
    const alias = this.#aliasOf(entry);
    const dialect = call?.dialect ?? dialectOf(pathOf(arrival.target), arrival.headers);
    const status_class = response === undefined ? "none" : statusClass(response.status);
    this.#requests.add({
      alias,
      dialect: dialect.name,
      status_class,
      ending: ending?.kind ?? "complete",
    }, 1);
    this.#requestDuration.add({ alias }, (ending?.atMs ?? entry.elapsedMs()) / 1000);
    this.#requestBytes.add({}, requestBody?.totalBytes ?? 0);
    this.#responseBytes.add({}, ending?.bytes ?? 0);
    const attempt = relayedAttempt(entry);
    if (attempt !== undefined) this.#countAnswer(entry, attempt);
  }

  #countAnswer(entry: Entry, attempt: AttemptRecord): void {
    const { call, late } = entry;
    const labels = { backend: this.#backend(attempt.backend), alias: this.#aliasOf(entry) };
    if (late !== undefined) {
      this.#lateFailures.add({ ...labels, rule: ruleOf(late.row) }, 1);
      this.#countCooldown(labels.backend, late.change);
    }
    const { inputTokens, outputTokens, cachedTokens, reasoningTokens } = tokensOf(entry);
    this.#countTokens({ ...labels, kind: "input" }, inputTokens);
    this.#countTokens({ ...labels, kind: "output" }, outputTokens);
    this.#countTokens({ ...labels, kind: "cached" }, cachedTokens);
    this.#countTokens({ ...labels, kind: "reasoning" }, reasoningTokens);
    if (attempt.outcome.kind !== "reply" || attempt.outcome.status >= 300) return;
    this.#timeToHead.add(labels, (headMsOf(attempt) - attempt.startedMs) / 1000);
    if (call?.operation?.kind !== "inference") return;
    this.#timeToFirstContent.add(labels, (contentMsOf(attempt) - attempt.startedMs) / 1000);
  }

  #countTokens(
    labels: Record<"backend" | "alias" | "kind", string>,
    count: number | undefined,
  ): void {
    if (count !== undefined) this.#tokens.add(labels, count);
  }

  #countCooldown(backend: string, change: HealthChange): void {
    if (change.kind === "cooled") this.#cooldowns.add({ backend, scope: change.scope }, 1);
  }

  #aliasOf({ call }: Entry): string {
    const name = call?.alias.name ?? "";
    return this.#snapshot?.aliases.has(name) ? name : OTHER;
  }

  #backend(name: string): string {
    return this.#snapshot?.backends.has(name) ? name : OTHER;
  }

  #isStale({ alias, backend, from_backend }: Labels): boolean {
    return isMissing(alias, this.#snapshot?.aliases) ||
      [backend, from_backend].some((name) => isMissing(name, this.#snapshot?.backends));
  }
}

function isMissing(name: Labels[string], names: ReadonlyMap<string, unknown> | undefined): boolean {
  return name !== undefined && name !== OTHER && names?.has(String(name)) !== true;
}

/** `2xx`, or the code of a fault. */
function outcomeLabel(outcome: Outcome): string {
  return outcome.kind === "reply" ? statusClass(outcome.status) : outcome.code;
}

function statusClass(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}
