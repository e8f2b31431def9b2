/** A uPlot plot that follows its data, its box and the theme. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { instant } from "./format.ts";
import { useStore } from "./store.ts";

export interface Line {
  readonly label: string;
  /** A custom property of the style sheet: `--ok`. */
  readonly colour: string;
  readonly isFilled?: boolean;
  readonly format: (value: number) => string;
}

export interface PlotProps {
  readonly title: string;
  /** Seconds since the epoch, rising. */
  readonly times: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
  readonly lines: readonly Line[];
  readonly heightPx: number;
}

export function Plot(props: PlotProps) {
  const { theme, language } = useStore();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const look = [theme.value, language.value, props.lines.map(({ label }) => label).join()].join();
  useEffect(() => {
    if (box.current === null) return;
    const made = draw(box.current, props);
    plot.current = made;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => made.redraw();
    dark.addEventListener("change", redraw);
    const observer = new ResizeObserver(([entry]) => {
      if (entry) made.setSize({ width: entry.contentRect.width, height: props.heightPx });
    });
    observer.observe(box.current);
    return () => {
      dark.removeEventListener("change", redraw);
      observer.disconnect();
      made.destroy();
    };
  }, [look]);
  useEffect(() => plot.current?.setData(dataOf(props)), [props.times, props.values]);
  return (
    <figure class="plot">
      <figcaption>{props.title}</figcaption>
      <div ref={box} class="plot-box" role="img" aria-label={props.title} />
    </figure>
  );
}

function dataOf({ times, values }: PlotProps): uPlot.AlignedData {
  return [[...times], ...values.map((each) => [...each])];
}

function draw(box: HTMLElement, props: PlotProps): uPlot {
  const colour = (name: string) => getComputedStyle(box).getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: () => colour("--muted"),
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
    size: 24,
    gap: 4,
  };
  const [first] = props.lines;
  const shown = (value: number | null) => value === null ? "–" : first?.format(value) ?? "";
  return new uPlot(
    {
      width: Math.max(200, box.clientWidth),
      height: props.heightPx,
      padding: [8, 8, 0, 0],
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      legend: { live: true },
      scales: { y: { range: (_, _low, high) => [0, Math.max(1, (high ?? 0) * 1.1)] } },
      axes: [{ ...axis, values: (_, ticks) => tickTexts(ticks) }, {
        ...axis,
        size: 52,
        values: (_, ticks) => ticks.map(shown),
      }],
      series: [
        { value: (_, at) => at === null ? "–" : instant(at * 1000) },
        ...props.lines.map((line) => seriesOf(line, colour)),
      ],
    },
    dataOf(props),
    box,
  );
}

function seriesOf(
  { label, colour: name, isFilled = false, format }: Line,
  colour: (name: string) => string,
): uPlot.Series {
  return {
    label,
    stroke: () => colour(name),
    width: 1.5,
    points: { show: false },
    value: (_, value) => value === null || value === undefined ? "–" : format(value),
    ...(isFilled ? { fill: () => `${colour(name)}22` } : {}),
  };
}

/** The hour, or the day where a tick is a midnight or the ticks are days apart. */
function tickTexts(ticks: readonly number[]): string[] {
  const stepSeconds = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  return ticks.map((tick) => {
    const text = instant(tick * 1000);
    const isDay = stepSeconds >= 86_400 || text.endsWith("00:00:00");
    return isDay ? text.slice(5, 10) : text.slice(11, 16);
  });
}
