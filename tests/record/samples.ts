/** Prometheus' text format, read back. */

/** Samples by name and labels, the labels in order of the alphabet: `requests_total{alias="chat"}`. */
export type Samples = ReadonlyMap<string, number>;

const SAMPLE = /^(?<name>[a-z_]+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;

/** Every sample of a text; throws at a line that is none. */
export function samplesIn(text: string): Samples {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const { name = "", labels = "", value } = SAMPLE.exec(line)?.groups ?? {};
    if (value === undefined) throw new Error(`Not a sample: ${line}`);
    const sorted = [...labels.matchAll(/[a-z_]+="(?:[^"\\]|\\.)*"/g)].map(([label]) => label)
      .sort();
    return [sorted.length === 0 ? name : `${name}{${sorted.join(",")}}`, Number(value)];
  }));
}

/** The samples of a metric: its labels and its value, sorted. */
export function samplesOf(samples: Samples, name: string): [string, number][] {
  return [...samples].filter(([key]) => key === name || key.startsWith(`${name}{`))
    .map(([key, value]): [string, number] => [key.slice(name.length), value]).sort();
}
