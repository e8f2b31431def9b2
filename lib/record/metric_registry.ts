/** Prometheus' counters, gauges and histograms, made from their shapes. */
import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from "./prometheus.ts";
import { type MetricShape, SECONDS_BUCKETS } from "./metric_shapes.ts";

/** A counter that something is added to, or a histogram that sees a value. */
export interface Tally<Label extends string> {
  add(labels: Readonly<Record<Label, string | number>>, value: number): void;
}

/** The figures of one event loop, as plain values. */
export type MetricFigures = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** The library sorts, checks and joins labels at each call, which costs less for many calls at once. */
const MOST_WAITING = 512;

export type Labels = Readonly<Partial<Record<string, string | number>>>;

/** A registry of our own: the library's global one is for everybody in the process. */
export class MetricRegistry {
  readonly #registry = new Registry();
  /** Those that are counted as things happen. */
  readonly #recorded: (Counter | Histogram)[] = [];
  /** What has happened and is not yet in its metric. */
  #waiting: (() => void)[] = [];

  /** For the `Content-Type` of what `text()` gives. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Every metric in Prometheus' text format, with what other event loops have counted. */
  async text(others: readonly MetricFigures[]): Promise<string> {
    if (others.length === 0) {
      this.#settle();
      return await this.#registry.metrics();
    }
    return await AggregatorRegistry.aggregate([await this.figures(), ...others]).metrics();
  }

  async figures(): Promise<MetricFigures> {
    this.#settle();
    return await this.#registry.getMetricsAsJSON();
  }

  counter<Label extends string>(shape: MetricShape<Label>): Tally<Label> {
    const counter = new Counter(this.#settings(shape));
    this.#recorded.push(counter);
    return { add: (labels, value) => this.#later(() => counter.inc(labels, value)) };
  }

  /** In seconds. */
  histogram<Label extends string>(shape: MetricShape<Label>): Tally<Label> {
    const buckets = [...SECONDS_BUCKETS];
    const histogram = new Histogram({ ...this.#settings(shape), buckets });
    this.#recorded.push(histogram);
    return { add: (labels, value) => this.#later(() => histogram.observe(labels, value)) };
  }

  /** A counter that somebody else counts: looked at whenever the text is made. */
  shownCounter<Label extends string>(
    shape: MetricShape<Label>,
    show: (counter: Counter<Label>) => void,
  ): void {
    new Counter({
      ...this.#settings(shape),
      collect() {
        this.reset();
        show(this);
      },
    });
  }

  /** A standing that is looked at whenever the text is made. */
  shownGauge<Label extends string>(
    shape: MetricShape<Label>,
    show: (gauge: Gauge<Label>) => void,
  ): void {
    new Gauge({
      ...this.#settings(shape),
      collect() {
        this.reset();
        show(this);
      },
    });
  }

  /** Forgets what was counted under such labels. */
  async drop(isStale: (labels: Labels) => boolean): Promise<void> {
    this.#settle();
    for (const metric of this.#recorded) {
      const { values } = await metric.get();
      for (const { labels: { le: _, ...labels } } of values.map(withLabels)) {
        if (isStale(labels)) metric.remove(labels);
      }
    }
  }

  #later(tell: () => void): void {
    this.#waiting.push(tell);
    if (this.#waiting.length >= MOST_WAITING) this.#settle();
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const tell of waiting) tell();
  }

  #settings<Label extends string>({ acrossLoops, labelNames, ...rest }: MetricShape<Label>) {
    const registers = [this.#registry];
    return { ...rest, labelNames: [...labelNames], registers, aggregator: acrossLoops };
  }
}

/** What stays of loops that are no more: what they have counted, not how they stood. */
export async function counted(figures: readonly MetricFigures[]): Promise<MetricFigures> {
  const sums = figures.map((each) => {
    // The declared type is a number, the value is a word.
    return each.filter(({ type, aggregator }) => String(type) !== "gauge" && aggregator === "sum");
  });
  return await AggregatorRegistry.aggregate(sums).getMetricsAsJSON();
}

function withLabels(value: { readonly labels: Labels }) {
  return value;
}
