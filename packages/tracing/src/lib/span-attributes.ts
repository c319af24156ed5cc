import type { HttpContext, Outcome } from '@windhover/core';

/** The values of attributes; the names are those of OpenTelemetry's semantic conventions for HTTP. */
export type Attributes = Record<string, string | number>;

const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY']);

/** The method as the conventions have it: those that clients invent are `_OTHER`. */
export function spanMethod(method: string): string {
  return known.has(method) ? method : '_OTHER';
}

/** The name of a span. A path that a client sent would make as many names as there are paths. */
export function spanName(method: string, route: string): string {
  const first = known.has(method) ? method : 'HTTP';
  return route === '' ? first : `${first} ${route}`;
}

/** What is known when a request begins. The query is left out, because that is where credentials are. */
export function requestAttributes({ request, client }: HttpContext): Attributes {
  const { method, path } = request;
  const { scheme, host, hostPort, address } = client;
  const userAgent = request.headers.get('user-agent');
  return {
    'http.request.method': spanMethod(method),
    ...(known.has(method) ? {} : { 'http.request.method_original': method }),
    'url.scheme': scheme,
    'url.path': path,
    'network.protocol.version': request.httpVersion,
    ...(host === '' ? {} : { 'server.address': host }),
    ...(hostPort === null ? {} : { 'server.port': hostPort }),
    ...(address === '' ? {} : { 'client.address': address }),
    ...(userAgent === undefined ? {} : { 'user_agent.original': userAgent }),
  };
}

/** What is known when it has ended. */
export function outcomeAttributes({ route, site }: HttpContext, { status, end }: Outcome): Attributes {
  const isFailed = end !== 'complete' && end !== 'upgraded';
  const errorType = isFailed ? end : status >= 500 ? String(status) : null;
  return {
    ...(status === 0 ? {} : { 'http.response.status_code': status }),
    ...(route === '' ? {} : { 'http.route': route }),
    ...(site === '' ? {} : { 'windhover.site': site }),
    ...(errorType === null ? {} : { 'error.type': errorType }),
  };
}
