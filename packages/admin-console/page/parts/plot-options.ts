import type uPlot from 'uplot';
import { clockLabels } from '../lib/format.ts';
import type { Series } from './plot.tsx';

interface PlotStyle {
  readonly element: HTMLElement;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly atLeast: number;
}

const font = '11px ui-sans-serif, system-ui, sans-serif';
/** In seconds: a young server shows less than the whole time, so that something can be seen. */
const [shortest, longest] = [2 * 60, 15 * 60];

/** Plots of one page share a cursor. */
const sync = { key: 'overview' };

export function plotOptions({ element, series, format, atLeast }: PlotStyle): uPlot.Options {
  const colors = colorReader(element);
  const [text, grid] = [colors('--muted'), colors('--grid')];
  return {
    width: Math.max(element.clientWidth, 100),
    height: Math.max(element.clientHeight, 80),
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { sync, points: { size: 6 }, drag: { setScale: false, x: false, y: false }, y: false },
    scales: {
      x: { time: true, range: timeRange },
      y: { range: (_, __, max) => [0, Math.max(atLeast, (max ?? 0) * 1.1)] },
    },
    axes: [
      { stroke: text, font, size: 24, gap: 4, grid: { show: false }, ticks: { show: false }, values: timeLabels },
      {
        stroke: text,
        font,
        size: 54,
        gap: 6,
        space: 36,
        grid: { stroke: grid, width: 1 },
        ticks: { show: false },
        values: (_, splits) => splits.map(format),
      },
    ],
    series: [
      {},
      ...series.map(({ label, color }, index) => {
        const stroke = colors(color);
        const fill = index === 0 ? { fill: withAlpha(stroke, 0.1) } : {};
        return { label, stroke, width: 1.5, points: { show: false }, spanGaps: false, ...fill };
      }),
    ],
  };
}

function timeRange(_: uPlot, min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, longest];
  return [max - Math.min(longest, Math.max(shortest, max - min)), max];
}

function timeLabels({ scales }: uPlot, splits: number[]): string[] {
  const { min = 0, max = 0 } = scales['x'] as { min?: number; max?: number };
  // The first would stand on the labels of the other axis.
  return clockLabels(splits).map((label, index) => (splits[index]! - min < (max - min) * 0.05 ? '' : label));
}

/** The canvas needs colours as they are, not as the design names them. */
function colorReader(element: HTMLElement): (name: string) => string {
  const probe = document.createElement('i');
  return (name) => {
    element.append(probe);
    probe.style.color = `var(${name})`;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

function withAlpha(color: string, alpha: number): string {
  const [red, green, blue] = color.match(/[\d.]+/g) ?? [];
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}
