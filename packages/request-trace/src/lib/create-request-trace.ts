import { randomBytes } from 'node:crypto';
import type { HttpContext, Middleware, Outcome } from '@windhover/core';
import type { WrappedLayer } from '@windhover/core/feature';
import { anyFunction, checkOptions, type Rules, wholeNumber } from '@windhover/options';
import { checkRules } from './check-rules.ts';
import { optionError } from './errors.ts';
import { reasonsOf, toTrace } from './to-trace.ts';
import { endStep, recorderKey, TraceRecorder } from './trace-recorder.ts';
import { describeRule, matchesRule, type TraceRule, usualRules } from './trace-rule.ts';
import { TraceStore } from './trace-store.ts';

/** How `createRequestTrace` works. */
export interface RequestTraceOptions {
  /**
   * A request that any of these covers is kept. Default: answers of 500 and above, requests without an answer, and those
   * that took 5 seconds.
   */
  readonly rules?: readonly TraceRule[];
  /** How many requests are kept, the latest ones, 1 to 10,000. Default: 50, as many as IIS; each takes some kilobytes. */
  readonly keep?: number;
  /** A number from 0 up to 1, for `share`. Default: `Math.random`. */
  readonly random?: () => number;
}

/** Keeps every step of requests that failed or were slow. */
export interface RequestTrace {
  /** Begins to record a request. Stands outside of all that is recorded. */
  readonly middleware: Middleware<HttpContext>;
  /** Wraps a middleware so that it becomes a step. Once, when the pipeline is made. */
  wrap(layer: Pick<WrappedLayer, 'feature' | 'run'> & Partial<WrappedLayer>): Middleware<HttpContext>;
  /** What was kept. */
  readonly store: TraceStore;
}

const optionRules: Rules<Omit<RequestTraceOptions, 'rules'>> = { keep: wholeNumber(1, 10_000), random: anyFunction };

/**
 * Creates a recorder of requests. Throws `REQUEST_TRACE_OPTION_INVALID`.
 *
 * @param store where traces are kept, for one that outlives the options. Default: a new one
 */
export function createRequestTrace(options: RequestTraceOptions = {}, store?: TraceStore): RequestTrace {
  const { rules: written, ...others } = options;
  checkOptions(others, optionRules, optionError);
  const rules = (checkRules(written) ?? usualRules).map((rule) => ({ rule, name: describeRule(rule) }));
  const { keep = 50, random = Math.random } = options;
  const traces = store ?? new TraceStore(keep);

  const over = (context: HttpContext, recorder: TraceRecorder, outcome: Outcome): void => {
    recorder.isOver = true;
    const found = rules.find(({ rule }) =>
      matchesRule(rule, context, outcome, rule.share === undefined ? 0 : random()),
    );
    if (found === undefined) return;
    const id = randomBytes(8).toString('hex');
    traces.add(toTrace(context, outcome, recorder, { id, rule: found.name }));
  };
  const recorderOf = (context: HttpContext): TraceRecorder => {
    const existing = context.get(recorderKey);
    if (existing !== undefined) return existing;
    const recorder = new TraceRecorder();
    context.set(recorderKey, recorder);
    context.onSent((outcome) => over(context, recorder, outcome));
    return recorder;
  };
  return {
    store: traces,
    middleware: function requestTrace(context, next) {
      recorderOf(context);
      return next(context);
    },
    wrap({ feature, run, phase = 'origin', place = '', explain }) {
      const layer = { feature, phase, place, ...(explain === undefined ? {} : { explain }) };
      const changesRequest = phase === 'identity' || phase === 'rewrite';
      return function tracedLayer(context, next) {
        const step = recorderOf(context).begin(layer);
        if (step !== null && changesRequest) step.reasons = reasonsOf(step, context);
        let pending: void | Promise<void>;
        try {
          pending = run(context, (passed) => {
            if (step !== null) step.hasPassedOn = true;
            return next(passed);
          });
        } catch (error) {
          endStep(step, context, error, true);
          throw error;
        }
        if (pending === undefined) {
          endStep(step, context, null, false);
          return;
        }
        return pending.then(
          () => endStep(step, context, null, false),
          (error: unknown) => {
            endStep(step, context, error, true);
            throw error;
          },
        );
      };
    },
  };
}
