import { defaultServerLimits } from '@windhover/server';
import { describe, expect, it } from 'vitest';
import { limitNames, limitsSchema } from './limits-schema.ts';

describe('limitsSchema()', () => {
  it('gives the limits of the server for what people write', () => {
    const written = {
      requestBody: '10MB',
      keepAlive: '130s',
      requestRate: '1KB/s',
      headerCount: 50,
      connections: null,
    };
    expect(limitsSchema().parse(written)).toEqual({
      maxRequestBodyBytes: 10_000_000,
      keepAliveTimeoutMs: 130_000,
      minRequestBodyBytesPerSecond: 1000,
      maxHeaderCount: 50,
      maxConnections: null,
    });
    expect(limitsSchema().parse({})).toEqual({});
  });

  it('has a default for idle connections where a server wants one', () => {
    const schema = limitsSchema({ ms: 75_000, reason: 'as in nginx.' });
    expect(schema.parse({})).toEqual({ keepAliveTimeoutMs: 75_000 });
    expect(schema.parse({ keepAlive: null })).toEqual({ keepAliveTimeoutMs: null });
  });

  it('has a key for every limit of the server', () => {
    expect(Object.values(limitNames)).toEqual(expect.arrayContaining(Object.keys(defaultServerLimits)));
  });
});
