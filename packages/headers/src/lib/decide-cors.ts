import type { HttpRequest } from '@windhover/core';
import { isToken, parseListField } from '@windhover/http-semantics';
import type { CorsDecision } from './cors-decision.ts';
import type { CorsPolicy } from './cors-policy.ts';

const none: CorsDecision = { kind: 'none' };

/**
 * Decides by the CORS protocol of the Fetch standard (§3.2). Reads the method, `Origin` and the
 * `Access-Control-Request-` fields.
 */
export function decideCors(request: HttpRequest, policy: CorsPolicy): CorsDecision {
  const { method, headers } = request;
  const isPreflight = method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method');
  if (policy.everybody !== null) return isPreflight ? preflight(request, policy, '*') : policy.everybody;
  const origin = headers.get('origin'); // two fields are joined with a comma, which no origin contains
  if (origin === undefined) return none;
  if (!policy.allows(origin, request)) {
    return { kind: 'refused', isPreflight, because: `the origin ${shown(origin)} is not allowed` };
  }
  if (isPreflight) return preflight(request, policy, origin);
  return { kind: 'allowed', headers: [...originHeaders(policy, origin), ...policy.exposed] };
}

/** The browser checks methods and headers, and tells the developer what is missing. */
function preflight({ headers: asked }: HttpRequest, policy: CorsPolicy, origin: string): CorsDecision {
  const method = asked.get('access-control-request-method') ?? '';
  const names = parseListField(asked.get('access-control-request-headers') ?? '');
  const bad = isToken(method) ? names.find((name) => !isToken(name)) : method;
  if (bad !== undefined) {
    const because = `it asks for ${shown(bad)}, which is not the name of a method or header`;
    return { kind: 'refused', isPreflight: true, because };
  }
  const headers = originHeaders(policy, origin);
  headers.push(['Access-Control-Allow-Methods', policy.methods ?? method]);
  const allowedNames = policy.headers ?? names.join(', ');
  if (allowedNames !== '') headers.push(['Access-Control-Allow-Headers', allowedNames]);
  if (policy.maxAgeSeconds !== null) headers.push(['Access-Control-Max-Age', policy.maxAgeSeconds]);
  if (policy.privateNetwork && asked.get('access-control-request-private-network') === 'true') {
    headers.push(['Access-Control-Allow-Private-Network', 'true']);
  }
  return { kind: 'preflight', headers };
}

function originHeaders(policy: CorsPolicy, origin: string): (readonly [string, string])[] {
  const headers: (readonly [string, string])[] = [['Access-Control-Allow-Origin', origin]];
  if (policy.credentials) headers.push(['Access-Control-Allow-Credentials', 'true']);
  return headers;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
