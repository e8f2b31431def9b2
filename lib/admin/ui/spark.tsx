/** A small line of the last minutes: what went well, and what did not. */
import type { Series } from "../window.ts";

const WIDTH = 90;
const HEIGHT = 22;

export function Spark({ series, title }: { readonly series: Series; readonly title: string }) {
  const all = series.ok.map((ok, index) => ok + (series.failed[index] ?? 0));
  const most = Math.max(1, ...all);
  return (
    <svg class="spark" width={WIDTH} height={HEIGHT} role="img" aria-label={title}>
      <title>{title}</title>
      {all.some(isSome) && <path class="spark-all" d={pathOf(all, most)} />}
      {series.failed.some(isSome) && <path class="spark-failed" d={pathOf(series.failed, most)} />}
    </svg>
  );
}

const isSome = (count: number) => count > 0;

function pathOf(values: readonly number[], most: number): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  const y = (value: number) => HEIGHT - 1 - (value / most) * (HEIGHT - 3);
  return values.map((value, index) =>
    `${index === 0 ? "M" : "L"}${(index * step).toFixed(1)} ${y(value).toFixed(1)}`
  ).join("");
}
