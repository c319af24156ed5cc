import type { RouteRule } from './route-rule.ts';

/** The conditions of a route besides its path, in words. */
export function routeConditions({ methods, hosts, headers, query }: RouteRule): readonly string[] {
  return [
    ...(methods === null ? [] : [`the method is ${methods.join(' or ')}`]),
    ...(hosts === null ? [] : [`the host is ${hosts.join(' or ')}`]),
    ...headers.map((each) => routeCondition('the header', each)),
    ...query.map((each) => routeCondition('the query parameter', each)),
  ];
}

/** One of them. */
export function routeCondition(what: string, [name, value]: readonly [string, string | boolean]): string {
  if (typeof value === 'boolean') return value ? `${what} ${name}` : `no ${what.replace('the ', '')} ${name}`;
  return `${what} ${name} with the value ${JSON.stringify(value)}`;
}
