/** Keys that people look for in a front server and that are not built yet: their error says so, instead of guessing at a misspelling. */
export const planned = [
  ...['admin', 'app', 'apps', 'auth', 'authorize', 'basicAuth', 'cache', 'certificates', 'compress', 'compression'],
  ...['fallback', 'ftp', 'gzip', 'include', 'ipFilter', 'list', 'metrics', 'rateLimit', 'redirect', 'requestFilter'],
  ...[
    'rewrite',
    'securityHeaders',
    'session',
    'split',
    'stores',
    'throttle',
    'tls',
    'users',
    'websocket',
    'workers',
    'zip',
  ],
  ...['proxyProtocol'], // of a listener
  ...['balance', 'connections', 'eject', 'health', 'retry', 'sticky'], // of an upstream
];

/** Keys that other servers have, and ours for the same. */
export const meant: Readonly<Record<string, string>> = {
  port: 'listen',
  bind: 'listen',
  server_name: 'hosts',
  domains: 'hosts',
  location: 'path',
  prefix: 'path',
  backend: 'proxy',
  proxy_pass: 'proxy',
  reverse_proxy: 'proxy',
  return: 'respond',
  files: 'static',
  root: 'static',
  upstream: 'to',
  url: 'to',
  target: 'to',
  servers: 'to',
};
