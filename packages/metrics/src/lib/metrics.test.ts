import { type HttpContext, HttpError, type Middleware } from '@windhover/core';
import { checkedCompose, type RunInit, runHandler } from '@windhover/testing';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { fromPromClient } from './from-prom-client.ts';
import { type MetricsOptions, metrics } from './metrics.ts';
import { failedUpstreamsKey, type UpstreamReport, upstreamReportKey } from './upstream-report.ts';

type Handle = (context: HttpContext) => void | Promise<void>;

class Measured {
  readonly registry = new Registry();
  private readonly middleware: Middleware<HttpContext>;

  constructor(options: Omit<MetricsOptions, 'metrics'> = {}) {
    this.middleware = metrics({ ...options, metrics: fromPromClient(this.registry) });
  }

  run(handle: Handle, init: RunInit = {}) {
    return runHandler(checkedCompose([this.middleware], handle), init);
  }

  /** The lines of one instrument, without its prefix. */
  async lines(name: string): Promise<readonly string[]> {
    const text = await this.registry.metrics();
    const lines = text.split('\n').filter((line) => line.startsWith(`windhover_${name}`));
    return lines.map((line) => line.slice(`windhover_${name}`.length));
  }
}

const hello: Handle = (context) => {
  context.site = 'shop';
  context.route = '/items';
  context.response.body = 'hello';
};

describe('metrics()', () => {
  it('counts requests by site, route, method and status', async () => {
    const measured = new Measured();
    await measured.run(hello);
    await measured.run(hello, { url: '/items/2' });
    await measured.run(({ response }) => void (response.status = 404), { method: 'PUT' });
    expect(await measured.lines('http_requests_total')).toEqual([
      '{site="shop",route="/items",method="GET",status="200"} 2',
      '{site="",route="",method="PUT",status="404"} 1',
    ]);
  });

  it('counts them by the version of HTTP', async () => {
    const measured = new Measured();
    for (const httpVersion of ['1.1', '2.0', '2.0'] as const) await measured.run(hello, { httpVersion });
    expect(await measured.lines('http_version_requests_total')).toEqual(['{version="1.1"} 1', '{version="2.0"} 2']);
  });

  it('times them from the first byte of the request to the last of the response', async () => {
    const measured = new Measured();
    let now = 1000;
    await measured.run(
      (context) => {
        now += 300;
        return hello(context);
      },
      { now: () => now },
    );
    const lines = await measured.lines('http_request_duration_seconds');
    const place = 'site="shop",route="/items",method="GET",status_class="2xx"';
    expect(lines).toContain(`_bucket{le="0.25",${place}} 0`);
    expect(lines).toContain(`_bucket{le="0.5",${place}} 1`);
    expect(lines).toContain(`_sum{${place}} 0.3`);
    expect(lines).toContain(`_count{${place}} 1`);
  });

  it('counts the bytes of both bodies', async () => {
    const measured = new Measured();
    await measured.run(
      async (context) => {
        await context.request.body.bytes();
        hello(context);
      },
      { body: 'some bytes' },
    );
    expect(await measured.lines('http_request_body_bytes_total')).toEqual(['{site="shop",route="/items"} 10']);
    expect(await measured.lines('http_response_body_bytes_total')).toEqual(['{site="shop",route="/items"} 5']);
  });

  it('shows the requests that are in flight, and forgets each of them when it ends', async () => {
    const measured = new Measured();
    let during: readonly string[] = [];
    await measured.run(async (context) => {
      during = await measured.lines('http_requests_in_flight');
      hello(context);
    });
    await measured.run(() => {
      throw new Error('a bug');
    });
    expect(during).toEqual([' 1']);
    expect(await measured.lines('http_requests_in_flight')).toEqual([' 0']);
  });

  it('counts what a thrown error answers, and why a response was not sent', async () => {
    const measured = new Measured();
    await measured.run(() => {
      throw new HttpError(403, 'NO', 'no');
    });
    await measured.run(() => {
      throw new Error('a bug');
    });
    const gone = new AbortController();
    await measured.run(() => gone.abort(), { signal: gone.signal });
    expect(await measured.lines('http_requests_total')).toEqual([
      '{site="",route="",method="GET",status="403"} 1',
      '{site="",route="",method="GET",status="500"} 1',
      '{site="",route="",method="GET",status="none"} 1',
    ]);
    expect(await measured.lines('http_requests_unfinished_total')).toEqual([
      '{site="",route="",end="handler-failed"} 1',
      '{site="",route="",end="client-closed"} 1',
    ]);
  });

  it('counts and times what happened at the upstream', async () => {
    const measured = new Measured();
    const proxied = (report: Partial<UpstreamReport>) =>
      measured.run((context) => {
        context.set(upstreamReportKey, {
          ...{ name: 'backend', attempts: 1, startedAt: 1000, connectedAt: null, headAt: null, failure: null },
          ...report,
        });
        hello(context);
      });
    await proxied({ connectedAt: 1002, headAt: 1200, attempts: 2 });
    await proxied({ headAt: 1050 });
    await proxied({ failure: 'connect-timeout' });
    expect(await measured.lines('upstream_requests_total')).toEqual(['{upstream="backend"} 3']);
    expect(await measured.lines('upstream_attempts_total')).toEqual(['{upstream="backend"} 4']);
    expect(await measured.lines('upstream_failures_total')).toEqual([
      '{upstream="backend",failure="connect-timeout"} 1',
    ]);
    expect(await measured.lines('upstream_connect_duration_seconds_sum')).toEqual(['{upstream="backend"} 0.002']);
    expect(await measured.lines('upstream_response_duration_seconds_sum')).toEqual(['{upstream="backend"} 0.25']);
  });

  it('counts the upstreams that failed before a fallback answered', async () => {
    const measured = new Measured();
    const facts = { attempts: 1, startedAt: 1000, connectedAt: null, headAt: null };
    await measured.run((context) => {
      context.set(failedUpstreamsKey, [{ ...facts, name: 'first', failure: 'reset' }]);
      context.set(upstreamReportKey, { ...facts, name: 'spare', headAt: 1001, failure: null });
      hello(context);
    });
    await measured.run((context) => {
      const report = { ...facts, name: 'alone', failure: 'reset' };
      context.set(failedUpstreamsKey, [report]);
      context.set(upstreamReportKey, report); // a file was the fallback
      hello(context);
    });
    expect(await measured.lines('upstream_requests_total')).toEqual([
      '{upstream="spare"} 1',
      '{upstream="first"} 1',
      '{upstream="alone"} 1',
    ]);
    expect(await measured.lines('upstream_failures_total')).toEqual([
      '{upstream="first",failure="reset"} 1',
      '{upstream="alone",failure="reset"} 1',
    ]);
  });

  it('takes the route from a framework, and has a bounded number of series for 10,000 random requests', async () => {
    const measured = new Measured({ route: ({ request }) => request.path }); // the mistake that the bound is for
    for (let index = 0; index < 10_000; index++) {
      const method = index % 3 === 0 ? `M${index}` : 'GET';
      await measured.run(hello, { url: `/p${index}`, method, headers: { Host: `h${index}.example` } });
    }
    const lines = await measured.lines('http_requests_total');
    expect(lines.length).toBeLessThanOrEqual(1002);
    expect(lines).toContain('{site="shop",route="/p1",method="GET",status="200"} 1');
    expect(lines).toContain('{site="shop",route="other",method="GET",status="200"} 6000');
    expect(lines).toContain('{site="shop",route="other",method="other",status="200"} 3000');
  });

  it('has no label from the request: random paths, hosts and methods make two series', async () => {
    const measured = new Measured();
    for (let index = 0; index < 10_000; index++) {
      const method = index % 2 === 0 ? `M${index}` : 'GET';
      await measured.run(hello, { url: `/p${index}`, method, headers: { Host: `h${index}.example` } });
    }
    expect(await measured.lines('http_requests_total')).toEqual([
      '{site="shop",route="/items",method="other",status="200"} 5000',
      '{site="shop",route="/items",method="GET",status="200"} 5000',
    ]);
  });

  it('may be made twice over one registry, and refuses options that cannot work', () => {
    const registry = fromPromClient(new Registry());
    metrics({ metrics: registry });
    metrics({ metrics: registry });
    expect(() => metrics({ metrics: {} as never })).toThrow(/METRICS_OPTION_INVALID|metrics: expected/);
    expect(() => metrics({ rout: 'x' } as never)).toThrow(/route/);
  });
});
