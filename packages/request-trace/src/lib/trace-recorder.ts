import { type ContextKey, contextKey, type HttpContext } from '@windhover/core';
import type { WrappedLayer } from '@windhover/core/feature';
import type { TraceStep } from './trace.ts';

/** More steps than a pipeline has; what comes after them, for instance in a loop of retries, is not kept. */
const maxSteps = 200;

/** A step that was begun. */
export interface OpenStep {
  readonly layer: Pick<WrappedLayer, 'feature' | 'phase' | 'place' | 'explain'>;
  /** Milliseconds of the recorder's clock. */
  readonly from: number;
  to: number | null;
  hasPassedOn: boolean;
  outcome: string | null;
  /** What it decides, of layers that change the request. Of the others that is found out when the trace is kept. */
  reasons: readonly string[] | null;
}

/** Writes down what the layers do with one request. */
export class TraceRecorder {
  readonly steps: OpenStep[] = [];
  /** When the first layer began, in milliseconds of `performance.now()`. */
  readonly startedAt = performance.now();
  isCut = false;
  /** The request is over: a fork that goes on is not recorded. */
  isOver = false;

  begin(layer: OpenStep['layer']): OpenStep | null {
    if (this.isOver) return null;
    if (this.steps.length >= maxSteps) {
      this.isCut = true;
      return null;
    }
    const step: OpenStep = {
      layer,
      from: performance.now(),
      to: null,
      hasPassedOn: false,
      outcome: null,
      reasons: null,
    };
    this.steps.push(step);
    return step;
  }

  /** The innermost layer that is at work; `null` if none is. */
  get current(): string | null {
    for (let index = this.steps.length - 1; index >= 0; index--)
      if (this.steps[index]!.to === null) return this.steps[index]!.layer.feature;
    return null;
  }
}

/** The recorder of a request that may be kept: `context.get(recorderKey)?.current` is the layer that it is in. */
export const recorderKey: ContextKey<TraceRecorder> = contextKey<TraceRecorder>('request.trace');

/** Ends a step, if it was recorded. */
export function endStep(step: OpenStep | null, context: HttpContext, error: unknown, hasFailed: boolean): void {
  if (step === null) return;
  step.to = performance.now();
  if (hasFailed) step.outcome = `threw ${describeFailure(error)}`;
  else step.outcome = step.hasPassedOn ? 'passed on' : `answered ${context.response.status}`;
}

/** A step as it is told. */
export function toStep(step: OpenStep, recorder: TraceRecorder, offset: number): TraceStep {
  const after = (time: number): number => round(time - recorder.startedAt + offset);
  const { feature, phase, place } = step.layer;
  return {
    ...{ feature, phase, place },
    from: after(step.from),
    to: after(step.to ?? performance.now()),
    outcome: step.outcome ?? 'unfinished',
    reasons: step.reasons ?? [],
  };
}

/** To a hundredth of a millisecond: more is noise. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is no error';
  const { code } = error as { readonly code?: unknown };
  return `${typeof code === 'string' ? code : error.name}: ${error.message}`.slice(0, 500);
}
