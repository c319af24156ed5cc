import type { ApiTrace } from '@windhover/admin';

const step = (feature: string, phase: string, from: number, to: number, outcome: string, reasons: string[] = []) => ({
  feature,
  phase,
  place: `sites.shop.routes[0].${feature}`,
  from,
  to,
  outcome,
  reasons,
});

/** A proxied request that failed, a slow one, and one whose client has left. */
export function fakeTraces(now: number): ApiTrace[] {
  const common = {
    host: 'shop.example.com',
    client: '203.0.113.24',
    site: 'shop',
    route: '/api',
    requestHeaders: [
      ['host', 'shop.example.com'],
      ['user-agent', 'Mozilla/5.0'],
      ['authorization', '***'],
    ] as const,
    responseHeaders: [['content-type', 'application/problem+json']] as const,
    isCut: false,
  };
  return [
    {
      ...common,
      id: 't-3',
      at: now - 45_000,
      method: 'POST',
      url: '/api/orders',
      status: 502,
      end: 'complete',
      duration: 2140,
      rule: 'status 500-599 or no answer',
      steps: [
        step('requestId', 'edge', 0.1, 2139, 'passed on', ['it has an id: 8f2c']),
        step('rateLimit', 'shield', 0.4, 2138, 'passed on', ['37 of 100 in this minute']),
        step('auth', 'auth', 0.9, 2137, 'passed on', ['basic: ada']),
        step('authorize', 'authorize', 7.8, 2136, 'passed on', ['allow: role customer']),
        step('proxy', 'origin', 8.1, 2135, 'threw PROXY_UPSTREAM_RESET', [
          '10.0.0.6:3000 was chosen: least requests',
          'no retry: POST',
        ]),
      ],
      events: [
        { at: 9.4, text: 'upstream connected' },
        { at: 2134, text: 'upstream reset the connection' },
        { at: 2139.5, text: 'head sent' },
      ],
    },
    {
      ...common,
      id: 't-2',
      at: now - 320_000,
      method: 'GET',
      url: '/reports/year?of=2026',
      route: '/reports',
      status: 200,
      end: 'complete',
      duration: 8412,
      rule: 'duration over 5s',
      steps: [
        step('cache', 'cache', 0.3, 8410, 'passed on', ['miss: nothing stored']),
        step('proxy', 'origin', 0.6, 8402, 'answered 200', ['10.0.0.5:3000 was chosen']),
      ],
      events: [{ at: 8403, text: 'head sent' }],
      isCut: true,
    },
    {
      ...common,
      id: 't-1',
      at: now - 910_000,
      method: 'GET',
      url: '/api/products',
      status: 499,
      end: 'aborted',
      duration: 640,
      rule: 'status 400-499',
      steps: [step('proxy', 'origin', 0.5, 640, 'was aborted', ['the client has closed the connection'])],
      events: [],
    },
  ];
}
