import type { HttpContext, Outcome } from '@windhover/core';
import type { Counter, Gauge, Histogram, Instrument, Metrics } from '@windhover/core/feature';
import { KnownLabels } from './known-labels.ts';
import { methodLabel } from './method-label.ts';
import { seconds, upstreamInstruments } from './upstream-instruments.ts';
import { failedUpstreamsKey, upstreamReportKey } from './upstream-report.ts';

/** More sites than a configuration has. */
const maxSites = 1000;
/** More routes than a site has: beyond it, something other than a template is used as the route. */
const maxRoutes = 1000;

/** The series of one site, route and method, looked up once and then kept. */
class MethodSeries {
  /** By status. The status of an answer is a number with three digits, so there are at most 900. */
  readonly requests = new Map<number, Counter>();
  /** By the first digit of the status. */
  readonly durations: (Histogram | undefined)[] = [];
}

/** The series of one site and route. */
class RouteSeries {
  readonly site: string;
  readonly route: string;
  readonly bytesReceived: Counter;
  readonly bytesSent: Counter;
  /** By the way in which requests ended. */
  readonly unfinished = new Map<Outcome['end'], Counter>();
  readonly methods = new Map<string, MethodSeries>();

  constructor(site: string, route: string, received: Instrument<Counter>, sent: Instrument<Counter>) {
    this.site = site;
    this.route = route;
    this.bytesReceived = received.of(site, route);
    this.bytesSent = sent.of(site, route);
  }
}

/** The instruments about requests, with the series that are in use. */
export class RequestInstruments {
  readonly inFlight: Gauge;
  private readonly requests: Instrument<Counter>;
  private readonly durations: Instrument<Histogram>;
  private readonly unfinished: Instrument<Counter>;
  private readonly sites: KnownLabels<KnownLabels<RouteSeries>>;
  /** By the version of HTTP; made when the first request of it ends. */
  private readonly versions = new Map<string, Counter>();
  private readonly byVersion: Instrument<Counter>;
  private readonly recordUpstream: ReturnType<typeof upstreamInstruments>;

  constructor(metrics: Metrics) {
    const place = ['site', 'route'];
    this.inFlight = metrics.gauge('windhover_http_requests_in_flight', 'Requests that are being answered.').of();
    this.requests = metrics.counter('windhover_http_requests_total', 'Requests that have ended.', [
      ...place,
      'method',
      'status',
    ]);
    this.byVersion = metrics.counter(
      'windhover_http_version_requests_total',
      'Requests that have ended, by the version of HTTP that the client spoke.',
      ['version'],
    );
    this.durations = metrics.histogram(
      'windhover_http_request_duration_seconds',
      'Time from the first byte of a request until the last byte of its response was written.',
      [...place, 'method', 'status_class'],
    );
    this.unfinished = metrics.counter(
      'windhover_http_requests_unfinished_total',
      'Requests whose response was not sent completely, or whose handler failed, by the reason.',
      [...place, 'end'],
    );
    const received = metrics.counter(
      'windhover_http_request_body_bytes_total',
      'Bytes of request bodies that arrived.',
      place,
    );
    const sent = metrics.counter(
      'windhover_http_response_body_bytes_total',
      'Bytes of response bodies that were sent.',
      place,
    );
    this.sites = new KnownLabels(
      maxSites,
      (site) => new KnownLabels(maxRoutes, (route) => new RouteSeries(site, route, received, sent)),
    );
    this.recordUpstream = upstreamInstruments(metrics);
  }

  /** Records a request that has ended. */
  record(context: HttpContext, route: string, method: string, outcome: Outcome): void {
    const { status, end } = outcome;
    const place = this.sites.get(context.site).get(route);
    const series = place.methods.get(method) ?? this.addMethod(place, method);
    (series.requests.get(status) ?? this.addStatus(place, method, series, status)).add();
    const duration = series.durations[Math.floor(status / 100)]!;
    duration.observe(seconds(outcome.endedAt - outcome.startedAt));
    if (outcome.bytesSent > 0) place.bytesSent.add(outcome.bytesSent);
    const { httpVersion } = context.request;
    (this.versions.get(httpVersion) ?? this.addVersion(httpVersion)).add();
    const { bytesReceived } = context.request.body;
    if (bytesReceived > 0) place.bytesReceived.add(bytesReceived);
    if (end !== 'complete' && end !== 'upgraded') (place.unfinished.get(end) ?? this.addEnd(place, end)).add();
    const upstream = context.get(upstreamReportKey);
    if (upstream === undefined) return;
    this.recordUpstream(upstream);
    for (const failed of context.get(failedUpstreamsKey) ?? []) {
      if (failed !== upstream) this.recordUpstream(failed); // the same one if the fallback asked no other
    }
  }

  private addVersion(version: string): Counter {
    const counter = this.byVersion.of(version);
    this.versions.set(version, counter);
    return counter;
  }

  private addEnd({ site, route, unfinished }: RouteSeries, end: Outcome['end']): Counter {
    const counter = this.unfinished.of(site, route, end);
    unfinished.set(end, counter);
    return counter;
  }

  /** Methods outside of the closed list share their series. */
  private addMethod({ methods }: RouteSeries, method: string): MethodSeries {
    const label = methodLabel(method);
    const series = methods.get(label) ?? new MethodSeries();
    methods.set(label, series);
    return series;
  }

  private addStatus({ site, route }: RouteSeries, method: string, series: MethodSeries, status: number): Counter {
    const label = methodLabel(method);
    const digit = Math.floor(status / 100);
    const requests = this.requests.of(site, route, label, status === 0 ? 'none' : String(status));
    series.requests.set(status, requests);
    series.durations[digit] ??= this.durations.of(site, route, label, digit === 0 ? 'none' : `${digit}xx`);
    return requests;
  }
}
