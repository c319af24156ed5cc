/** Where each package stands. Imports point to a lower layer; within a layer only where `beside` says so. */
export const layers = {
  'http-semantics': { layer: 0, title: 'pure', isPure: true },
  'http-parser': { layer: 0, title: 'pure', isPure: true },
  'http2-codec': { layer: 0, title: 'pure', isPure: true },
  options: { layer: 0, title: 'pure', isPure: true },
  ip: { layer: 0, title: 'pure', isPure: true, beside: ['http-semantics'] },
  core: { layer: 1, title: 'contract', isPure: true, only: [] },
  leases: { layer: 2, title: 'contract', only: ['core', 'options'] },
  transport: { layer: 2, title: 'engine', only: ['core', 'ip', 'options'] },
  server: { layer: 2, title: 'engine', beside: ['transport'] },
  'http-client': { layer: 2, title: 'engine', beside: ['transport'] },
  supervisor: { layer: 2, title: 'engine', only: [] },
  static: { layer: 3, title: 'feature' },
  proxy: { layer: 3, title: 'feature' },
  respond: { layer: 3, title: 'feature' },
  router: { layer: 3, title: 'feature' },
  'adapter-fetch': { layer: 3, title: 'adapters', only: ['core', 'http-semantics', 'options'] },
  'client-address': { layer: 3, title: 'feature' },
  headers: { layer: 3, title: 'feature', beside: ['rewrite'] },
  'access-log': { layer: 3, title: 'feature' },
  'request-id': { layer: 3, title: 'feature' },
  'request-limits': { layer: 3, title: 'feature' },
  metrics: { layer: 3, title: 'feature' },
  console: { layer: 3, title: 'feature', only: ['core', 'transport', 'options'] },
  'adapter-connect': { layer: 3, title: 'adapters', only: ['core', 'options'] },
  'adapter-fastify': { layer: 3, title: 'adapters', only: ['core', 'adapter-connect', 'options'] },
  'http-proxy-compat': { layer: 3, title: 'adapters', only: ['core', 'http-client', 'options', 'transport'] },
  rewrite: { layer: 3, title: 'feature', beside: ['compression'] },
  tracing: { layer: 3, title: 'feature' },
  'concurrency-limit': { layer: 3, title: 'feature' },
  compression: { layer: 3, title: 'feature' },
  websocket: { layer: 3, title: 'feature' },
  'rate-limit': { layer: 3, title: 'feature' },
  session: { layer: 3, title: 'feature' },
  auth: { layer: 3, title: 'feature' },
  ftp: { layer: 3, title: 'feature', beside: ['transport', 'auth'] },
  'auth-negotiate': { layer: 3, title: 'feature', beside: ['auth'] },
  'auth-oidc': { layer: 3, title: 'feature', beside: ['auth'] },
  'request-filter': { layer: 3, title: 'feature' },
  'ip-filter': { layer: 3, title: 'feature' },
  'app-pool': { layer: 3, title: 'feature' },
  'request-trace': { layer: 3, title: 'feature', beside: ['access-log'] },
  config: { layer: 4, title: 'hosting', only: ['core', 'http-semantics', 'options'] },
  features: { layer: 4, title: 'hosting', beside: ['config', 'redis'] },
  cache: { layer: 3, title: 'feature' },
  admin: { layer: 4, title: 'hosting', only: ['core', 'http-semantics', 'options', 'server'] },
  certificates: { layer: 3, title: 'feature' },
  redis: {
    layer: 4,
    title: 'stores',
    only: ['core', 'options', 'rate-limit', 'session', 'cache', 'leases', 'certificates'],
  },
  'admin-console': { layer: 4, title: 'hosting', only: ['core', 'http-semantics', 'options'] },
  testing: { layer: 4, title: 'tools', only: ['core', 'transport'] },
  'app-server': { layer: 5, title: 'apps' },
  'front-server': { layer: 5, title: 'apps' },
};

/** What a feature may import: the contract, layer 0, and the client if it speaks to upstreams. */
const featureImports = new Set(['core', 'http-semantics', 'http-parser', 'ip', 'options', 'http-client', 'leases']);

/** Whether `from` may import `to` outside its tests. */
export function mayImport(from, to) {
  const { layer, title, only, beside = [] } = layers[from] ?? {};
  if (only !== undefined) return only.includes(to);
  if (title === 'feature') return featureImports.has(to) || beside.includes(to);
  return layers[to].layer < layer || beside.includes(to);
}
