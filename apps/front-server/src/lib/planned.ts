/** Keys that users look for in a front server but that are not built yet. Their error says so, instead of suggesting a misspelling. */
export const planned = [
  ...['admin', 'app', 'apps', 'basicAuth', 'certificates'],
  ...['ftp', 'proxyProtocol'],
];

/** Keys of other servers, and our equivalents. */
export const meant: Readonly<Record<string, string>> = {
  client_max_body_size: 'maxRequestBody',
  compression: 'compress',
  encode: 'compress',
  gzip: 'compress',
  brotli: 'compress',
  request_body: 'maxRequestBody',
  limit_conn: 'concurrency',
  maxconn: 'concurrency',
  port: 'listen',
  bind: 'listen',
  server_name: 'hosts',
  domains: 'hosts',
  error_page: 'errorPages',
  handle_errors: 'errorPages',
  location: 'path',
  prefix: 'path',
  backend: 'proxy',
  proxy_pass: 'proxy',
  reverse_proxy: 'proxy',
  return: 'respond',
  autoindex: 'static',
  list: 'static',
  zip: 'static',
  files: 'static',
  root: 'static',
  upstream: 'to',
  url: 'to',
  target: 'to',
  servers: 'to',
};
