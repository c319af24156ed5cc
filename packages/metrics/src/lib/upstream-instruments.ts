import type { Counter, Histogram, Metrics } from '@windhover/core/feature';
import { KnownLabels } from './known-labels.ts';
import type { UpstreamReport } from './upstream-report.ts';

/** More upstreams than any configuration has; each has about thirty series. */
const maxUpstreams = 500;
/** More stages than the proxy knows. */
const maxFailures = 20;

/** The series of one upstream. */
interface UpstreamSeries {
  readonly requests: Counter;
  readonly attempts: Counter;
  readonly connect: Histogram;
  readonly head: Histogram;
  readonly failures: KnownLabels<Counter>;
}

/** Creates the instruments about upstreams, and returns the function that records what happened at one. */
export function upstreamInstruments(metrics: Metrics): (report: UpstreamReport) => void {
  const labels = ['upstream'];
  const requests = metrics.counter('windhover_upstream_requests_total', 'Requests sent to upstreams.', labels);
  const attempts = metrics.counter(
    'windhover_upstream_attempts_total',
    'Attempts of those requests: more than the requests if some were sent again.',
    labels,
  );
  const connect = metrics.histogram(
    'windhover_upstream_connect_duration_seconds',
    'Time until a new connection to an upstream was made.',
    labels,
  );
  const head = metrics.histogram(
    'windhover_upstream_response_duration_seconds',
    'Time from the last attempt until the head of the response of the upstream.',
    labels,
  );
  const failures = metrics.counter('windhover_upstream_failures_total', 'Requests that failed at an upstream.', [
    'upstream',
    'failure',
  ]);
  const upstreams = new KnownLabels<UpstreamSeries>(maxUpstreams, (name) => ({
    requests: requests.of(name),
    attempts: attempts.of(name),
    connect: connect.of(name),
    head: head.of(name),
    failures: new KnownLabels(maxFailures, (failure) => failures.of(name, failure)),
  }));
  return function recordUpstream({ name, attempts, startedAt, connectedAt, headAt, failure }) {
    const series = upstreams.get(name);
    series.requests.add();
    series.attempts.add(attempts);
    if (connectedAt !== null) series.connect.observe(seconds(connectedAt - startedAt));
    if (headAt !== null) series.head.observe(seconds(headAt - startedAt));
    if (failure !== null) series.failures.get(failure).add();
  };
}

/** A clock that was set back must not make a negative duration. */
export function seconds(milliseconds: number): number {
  return milliseconds > 0 ? milliseconds / 1000 : 0;
}
