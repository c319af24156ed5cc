import { describe, expect, it } from 'vitest';
import { metricsSchema } from './metrics-schema.ts';
import { readMetricsSection } from './metrics-section.ts';

describe('metricsSchema()', () => {
  it.each([
    [undefined, null],
    [null, null],
    [false, null],
    [true, { listen: { port: 9145, host: '127.0.0.1' } }],
    [{}, { listen: { port: 9145, host: '127.0.0.1' } }],
    [9200, { listen: { port: 9200, host: '127.0.0.1' } }],
    ['*:9200', { listen: { port: 9200 } }],
    [{ listen: '[::1]:9200' }, { listen: { port: 9200, host: '::1' } }],
    [{ listen: 'unix:/run/metrics.sock' }, { listen: { path: '/run/metrics.sock' } }],
  ])('reads %o as %o', (written, read) => {
    expect(metricsSchema().parse(written)).toEqual(read);
    expect(readMetricsSection(written)).toEqual(read);
  });

  it.each(['here', { listen: 'port 3' }, { port: 9145 }, 70_000])('refuses %o', (written) => {
    expect(metricsSchema().safeParse(written).success).toBe(false);
    if (typeof written !== 'object' || 'listen' in written) expect(readMetricsSection(written)).toBeUndefined();
  });
});
