import { formatBytes, formatDuration, formatNumber } from '../lib/format.ts';
import type { Series } from '../parts/plot.tsx';

/** The plots of the overview. */
export const overviewPlots: readonly {
  readonly title: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly atLeast: number;
}[] = [
  {
    title: 'Requests',
    series: [{ label: 'Requests', color: '--plot-1', pick: ({ requests }) => requests }],
    format: (value) => `${formatNumber(value)}/s`,
    atLeast: 10,
  },
  {
    title: 'Latency',
    series: [
      { label: 'p50', color: '--plot-1', pick: ({ p50 }) => p50 },
      { label: 'p95', color: '--plot-2', pick: ({ p95 }) => p95 },
      { label: 'p99', color: '--plot-3', pick: ({ p99 }) => p99 },
    ],
    format: formatDuration,
    atLeast: 10,
  },
  {
    title: 'Errors',
    series: [{ label: 'Errors', color: '--plot-4', pick: ({ errors }) => errors }],
    format: (value) => `${formatNumber(value)}/s`,
    atLeast: 1,
  },
  {
    title: 'CPU',
    series: [{ label: 'CPU', color: '--plot-1', pick: ({ cpu }) => cpu * 100 }],
    format: (value) => `${formatNumber(value)} %`,
    atLeast: 100,
  },
  {
    title: 'Memory',
    series: [{ label: 'Memory', color: '--plot-5', pick: ({ memory }) => memory }],
    format: formatBytes,
    atLeast: 50_000_000,
  },
  {
    title: 'Connections',
    series: [
      { label: 'open', color: '--plot-1', pick: ({ connections }) => connections },
      { label: 'under way', color: '--plot-2', pick: ({ inFlight }) => inFlight },
    ],
    format: formatNumber,
    atLeast: 10,
  },
];
