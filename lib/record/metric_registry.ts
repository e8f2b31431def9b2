/** Prometheus' counters, gauges and histograms, made from their shapes. The only importer of prom-client. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type MetricShape, SECONDS_BUCKETS } from "./metric_shapes.ts";

/** A counter that something is added to, or a histogram that sees a value. */
export interface Tally<Label extends string> {
  add(labels: Readonly<Record<Label, string | number>>, value: number): void;
}

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

  /** Every metric in Prometheus' text format. */
  async text(): Promise<string> {
    this.#settle();
    return await this.#registry.metrics();
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

  #settings<Label extends string>({ name, help, labelNames }: MetricShape<Label>) {
    return { name, help, labelNames: [...labelNames], registers: [this.#registry] };
  }
}

function withLabels(value: { readonly labels: Labels }) {
  return value;
}
