/** Prometheus' counters, gauges and histograms, made from their shapes. The only importer of prom-client. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type MetricShape, SECONDS_BUCKETS } from "./metric_shapes.ts";

export type Labels = Readonly<Partial<Record<string, string | number>>>;

/** A registry of our own: the library's global one is for everybody in the process. */
export class MetricRegistry {
  readonly #registry = new Registry();
  /** Those that are counted as things happen. */
  readonly #recorded: (Counter | Histogram)[] = [];

  /** For the `Content-Type` of what `text()` gives. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Every metric in Prometheus' text format. */
  async text(): Promise<string> {
    return await this.#registry.metrics();
  }

  counter<Label extends string>(shape: MetricShape<Label>): Counter<Label> {
    const counter = new Counter(this.#settings(shape));
    this.#recorded.push(counter);
    return counter;
  }

  /** In seconds. */
  histogram<Label extends string>(shape: MetricShape<Label>): Histogram<Label> {
    const buckets = [...SECONDS_BUCKETS];
    const histogram = new Histogram({ ...this.#settings(shape), buckets });
    this.#recorded.push(histogram);
    return histogram;
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
    for (const metric of this.#recorded) {
      const { values } = await metric.get();
      for (const { labels: { le: _, ...labels } } of values.map(withLabels)) {
        if (isStale(labels)) metric.remove(labels);
      }
    }
  }

  #settings<Label extends string>({ name, help, labelNames }: MetricShape<Label>) {
    return { name, help, labelNames: [...labelNames], registers: [this.#registry] };
  }
}

function withLabels(value: { readonly labels: Labels }) {
  return value;
}
