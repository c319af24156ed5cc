import type { ApiSample } from '@windhover/admin';
import { useEffect, useId, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useStore } from '../api/use-store.ts';
import { summarize } from '../lib/summarize-samples.ts';
import { plotOptions } from './plot-options.ts';
import { themeEdition } from './theme.tsx';

export interface Series {
  readonly label: string;
  /** The name of a colour of the design: `--plot-1`. */
  readonly color: string;
  readonly pick: (sample: ApiSample) => number | null;
}

interface PlotProps {
  readonly title: string;
  readonly samples: readonly ApiSample[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** The axis reaches at least so far, so that noise does not look like a storm. */
  readonly atLeast: number;
}

/** Lines over the last 15 minutes. The values now, and the range of each line, stand beside it as text. */
export function Plot({ title, samples, series, format, atLeast }: PlotProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(samples);
  latest.current = samples;
  const edition = useStore(themeEdition);

  // Series and format stay the same for the life of a plot; a new edition brings new colours.
  useEffect(() => {
    const element = box.current!;
    const made = new uPlot(plotOptions({ element, series, format, atLeast }), toData(latest.current, series), element);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [edition]);
  useEffect(() => plot.current?.setData(toData(samples, series)), [samples, series]);

  return (
    <figure class="card plot" aria-labelledby={id}>
      <figcaption class="card-head">
        <h2 id={id}>{title}</h2>
        <ul class="legend">
          {series.map((each) => (
            <Legend key={each.label} series={each} samples={samples} format={format} isOnly={series.length === 1} />
          ))}
        </ul>
      </figcaption>
      <div ref={box} class="plot-box" aria-hidden="true" />
    </figure>
  );
}

interface LegendProps extends Pick<PlotProps, 'samples' | 'format'> {
  readonly series: Series;
  readonly isOnly: boolean;
}

function Legend({ series: { label, color, pick }, samples, format, isOnly }: LegendProps) {
  const { now, least, most } = summarize(samples, pick);
  const value = now === null ? '–' : format(now);
  const range = least === null || most === null ? '' : `, between ${format(least)} and ${format(most)} in this time`;
  return (
    <li>
      <span class={`swatch ${color.slice(2)}`} />
      <span class={isOnly ? 'unseen' : 'legend-label'}>{label}</span> <strong>{value}</strong>
      <span class="unseen">{range}</span>
    </li>
  );
}

function toData(samples: readonly ApiSample[], series: readonly Series[]): uPlot.AlignedData {
  return [samples.map(({ at }) => at / 1000), ...series.map(({ pick }) => samples.map(pick))];
}
