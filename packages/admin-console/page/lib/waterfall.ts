import type { ApiTrace } from '@windhover/admin';

type Step = ApiTrace['steps'][number];

/** A step with its place in the picture. `left` and `width` are shares of the whole, in percent. */
export interface WaterfallRow {
  readonly step: Step;
  /** How many steps it runs inside of. */
  readonly depth: number;
  readonly left: number;
  readonly width: number;
  /** Milliseconds that no step inside of it has taken. */
  readonly own: number;
  /** When these were, as shares of the step in percent. */
  readonly ownParts: readonly { readonly left: number; readonly width: number }[];
}

/** Lays out the steps of a trace. A step that calls the next one contains it. */
export function waterfall({ steps, duration }: Pick<ApiTrace, 'steps' | 'duration'>): readonly WaterfallRow[] {
  const whole = Math.max(duration, ...steps.map(({ to }) => to), 0.001);
  const depths = steps.map((step, index) => steps.slice(0, index).filter((other) => contains(other, step)).length);
  return steps.map((step, index) => {
    const depth = depths[index]!;
    const inside = steps.filter((other, at) => at > index && depths[at] === depth + 1 && contains(step, other));
    return {
      step,
      depth,
      left: (step.from / whole) * 100,
      width: Math.max(0.3, ((step.to - step.from) / whole) * 100),
      own: inside.reduce((own, { from, to }) => own - (to - from), step.to - step.from),
      ownParts: gaps(step, inside),
    };
  });
}

/** The times of a step between those of the steps inside of it. */
function gaps({ from, to }: Step, inside: readonly Step[]): WaterfallRow['ownParts'] {
  const share = (ms: number): number => (ms / Math.max(to - from, 0.001)) * 100;
  const ends = [from, ...inside.map((step) => step.to)];
  const begins = [...inside.map((step) => step.from), to];
  return ends.map((end, index) => ({ left: share(end - from), width: share(begins[index]! - end) }));
}

function contains(outer: Step, inner: Step): boolean {
  return outer.from <= inner.from && outer.to >= inner.to;
}
