import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricFamily } from '@windhover/config';
import { type DurationHistogram, durationBounds } from '@windhover/metrics';
import type { CountsAnswer } from './answer-administrator.ts';

/** How finely the event loop is watched, in milliseconds. */
const resolutionMs = 20;

/** Returns a function that reads what this process has counted. Watching the event loop begins with its first call. */
export function createCounter(
  metrics: { collect(): readonly MetricFamily[] },
  durations: DurationHistogram,
  connections: () => number,
): () => CountsAnswer {
  let delay: IntervalHistogram | null = null;
  return () => {
    if (delay === null) {
      delay = monitorEventLoopDelay({ resolution: resolutionMs });
      delay.enable();
    }
    const families = new Map(metrics.collect().map((family) => [family.name, family]));
    const { user, system } = process.cpuUsage();
    const eventLoop = Math.max(0, delay.max / 1e6 - resolutionMs); // its own pause is part of what it measures
    delay.reset();
    return {
      bounds: durationBounds,
      counts: {
        requests: total(families.get('windhover_http_requests_total')),
        errors: total(families.get('windhover_http_requests_total'), isServerError),
        durations: durations.cumulative,
        received: total(families.get('windhover_http_request_body_bytes_total')),
        sent: total(families.get('windhover_http_response_body_bytes_total')),
        connections: connections(),
        inFlight: total(families.get('windhover_http_requests_in_flight')),
        cpu: user + system,
        memory: process.memoryUsage.rss(),
        eventLoop,
      },
    };
  };
}

function isServerError(labels: readonly string[]): boolean {
  return labels.at(-1)?.startsWith('5') === true;
}

function total(family: MetricFamily | undefined, counts: (labels: readonly string[]) => boolean = () => true): number {
  let sum = 0;
  for (const { labels, value } of family?.series ?? []) if (counts(labels)) sum += value;
  return sum;
}
