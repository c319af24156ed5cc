import type { ApiLogLine, ApiSample } from '@windhover/admin';

/** Numbers between 0 and 1 that look like chance and are the same each time. */
export function createRandom(seed = 42): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** Traffic of a small shop: waves, noise, and a burst of errors and slow answers now and then. */
export function sampleAt(at: number, random: () => number): ApiSample {
  const seconds = at / 1000;
  const wave = 1 + 0.35 * Math.sin(seconds / 140) + 0.12 * Math.sin(seconds / 23);
  const isRough = Math.sin(seconds / 95) > 0.93;
  const requests = 640 * wave * (0.93 + random() * 0.14);
  const p50 = 3.2 * (0.9 + random() * 0.2) * (isRough ? 1.6 : 1);
  const p95 = p50 * (4.2 + random()) * (isRough ? 2.2 : 1);
  return {
    at,
    requests,
    errors: isRough ? requests * (0.02 + random() * 0.02) : random() < 0.12 ? 0.5 : 0,
    p50,
    p95,
    p99: p95 * (1.8 + random() * 0.6),
    received: requests * 420,
    sent: requests * 18_400,
    connections: Math.round(180 * wave + random() * 12),
    inFlight: Math.round(requests * p50 * 0.004 + random() * 3),
    cpu: 0.42 * wave + random() * 0.06,
    memory: 212e6 + 9e6 * Math.sin(seconds / 60) + random() * 3e6,
    eventLoop: 3 + random() * 5 + (isRough ? 14 : 0),
  };
}

const lines: readonly Omit<ApiLogLine, 'at'>[] = [
  { level: 'info', message: 'The configuration has taken effect', facts: { edition: 7 }, pool: null },
  { level: 'info', message: 'GET /api/products 200 12 ms', facts: {}, pool: 'shop-api' },
  {
    level: 'warn',
    message: 'An upstream does not answer',
    facts: { upstream: 'shop', address: '10.0.0.6:3000' },
    pool: null,
  },
  { level: 'debug', message: 'A connection was kept', facts: { address: '10.0.0.5:3000' }, pool: null },
  { level: 'info', message: 'cart 8812 was paid', facts: {}, pool: 'shop-api' },
  { level: 'error', message: 'PaymentError: the provider answered 503', facts: { order: 99182 }, pool: 'shop-api' },
  { level: 'info', message: '"GET /reports/daily HTTP/1.1" 200', facts: {}, pool: 'reports' },
  {
    level: 'warn',
    message: 'A client sent its request too slowly',
    facts: { client: '203.0.113.9', status: 408 },
    pool: null,
  },
];

export function logLineAt(at: number, index: number): ApiLogLine {
  return { at, ...lines[index % lines.length]! };
}
