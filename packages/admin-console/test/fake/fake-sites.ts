import type { ApiLayer, ApiSites } from '@windhover/admin';

const phases: Readonly<Record<string, readonly string[]>> = {
  requestId: ['edge'],
  trustedProxies: ['identity'],
  errorPages: ['edge'],
  compress: ['encode'],
  securityHeaders: ['edge', 'transform'],
  redirect: ['rewrite', 'shield'],
  rateLimit: ['shield', 'quota'],
  auth: ['auth'],
  authorize: ['authorize'],
  cache: ['cache'],
};

const layer = (feature: string, at: string, isOff = false): ApiLayer => ({
  feature,
  place: at === '' ? feature : `${at}.${feature}`,
  phases: phases[feature] ?? ['origin'],
  isOff,
});

const layers = (at: string, ...features: string[]): ApiLayer[] => features.map((feature) => layer(feature, at));

export const fakeSites: ApiSites = {
  defaultSite: 'shop',
  layers: layers('', 'trustedProxies', 'requestId', 'errorPages', 'compress', 'securityHeaders'),
  sites: [
    {
      name: 'shop',
      hosts: ['shop.example.com', 'www.shop.example.com'],
      layers: layers('sites.shop', 'redirect'),
      routes: [
        {
          path: '/api',
          conditions: ['GET, POST'],
          layers: layers('sites.shop.routes[0]', 'rateLimit', 'auth', 'authorize', 'proxy'),
        },
        { path: '/reports', conditions: [], layers: layers('sites.shop.routes[1]', 'cache', 'proxy') },
        {
          path: '/admin',
          conditions: ['header x-beta'],
          layers: [
            layer('compress', 'sites.shop.routes[2]', true),
            ...layers('sites.shop.routes[2]', 'ipFilter', 'app'),
          ],
        },
        { path: '/', conditions: [], layers: layers('sites.shop.routes[3]', 'cache', 'static') },
      ],
    },
    {
      name: 'intranet',
      hosts: ['*.intra.example.com'],
      layers: layers('sites.intranet', 'requestFilter'),
      routes: [{ path: '/', conditions: [], layers: layers('sites.intranet.routes[0]', 'split') }],
    },
    { name: 'empty', hosts: ['empty.example.com'], layers: [], routes: [] },
  ],
};

/** As `Explanation` of @windhover/config. */
export function fakeExplanation({ method, url }: { method: string; url: string }) {
  const { pathname, host } = new URL(url, 'http://shop.example.com');
  const isApi = pathname.startsWith('/api');
  const place = isApi ? 'sites.shop.routes[0]' : 'sites.shop.routes[3]';
  return {
    request: { method, host, path: pathname, query: null },
    client: { address: '127.0.0.1', scheme: 'https', host, source: 'connection' },
    listeners: ['https://[::]:443'],
    listenerRemark: null,
    site: { name: 'shop', because: `its hosts have ${host}` },
    route: { path: isApi ? '/api' : '/', place, because: 'the longest path that covers it' },
    noRoute: null,
    otherRoutes: [{ path: '/reports', place: 'sites.shop.routes[1]', because: 'the path does not begin with it' }],
    layers: [
      {
        phase: 'edge',
        feature: 'requestId',
        level: 'top',
        place: 'requestId',
        reasons: [{ decision: 'gives it an id', because: 'it has none' }],
      },
      { phase: 'shield', feature: 'rateLimit', level: 'route', place: `${place}.rateLimit`, reasons: [] },
      {
        phase: 'origin',
        feature: isApi ? 'proxy' : 'static',
        level: 'route',
        place: `${place}.${isApi ? 'proxy' : 'static'}`,
        reasons: [
          {
            decision: isApi ? 'passes it on to shop' : 'sends ./public/index.html',
            because: 'nothing before it answers',
            answers: true,
          },
        ],
      },
    ],
    leftOut: [{ feature: 'compress', level: 'top', place: 'compress', because: `${place}.compress is \`false\`` }],
    answer: isApi ? 'proxy: passes it on to shop, unless rateLimit answers 429' : 'static: sends ./public/index.html',
  };
}
