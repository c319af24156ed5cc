import { HttpRequest } from '@windhover/core';
import { seededRandom } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createRouteMatcher as createMatcher } from './match-route.ts';
import { toRouteRule } from './read-route-rule.ts';

function requestOf(target: string, method = 'GET', headers: Record<string, string> = {}): HttpRequest {
  const fields = Object.entries(headers).flatMap(([name, value]) => [name.toLowerCase(), value, name]);
  return new HttpRequest({
    method,
    target,
    httpVersion: '1.1',
    scheme: 'http',
    headers: fields,
    host: headers['host'] ?? 'a.example',
    body: null,
    upgrade: null,
  });
}

/** A matcher of plain prefixes that is asked by path. */
function createRouteMatcher<T>(entries: Iterable<readonly [path: string, value: T]>) {
  const matcher = createMatcher([...entries].map(([path, value]) => [toRouteRule({ path }), value] as const));
  return (path: string): T | undefined => matcher.find({ path } as HttpRequest);
}

describe('createRouteMatcher()', () => {
  const paths = ['/', '/api', '/api/users', '/a%2Fb'];
  const match = createRouteMatcher(paths.map((path) => [path, path] as const));

  it.each([
    ['/', '/'],
    ['/api', '/api'],
    ['/api/', '/api'],
    ['/api/x', '/api'],
    ['/api/users', '/api/users'],
    ['/api/users/1/2/3', '/api/users'],
    ['/api/usersx', '/api'],
    ['/apis', '/'],
    ['//api', '/'],
    ['/api//users', '/api'],
    ['/a%2Fb/c', '/a%2Fb'],
    ['/a/b', '/'],
    ['/API', '/'],
  ])('finds for %s the route %s', (path, route) => {
    expect(match(path)).toBe(route);
  });

  it('finds nothing without a route for the rest, nor for what is no path', () => {
    const matchApi = createRouteMatcher([['/api', 1]]);
    expect(matchApi('/')).toBeUndefined();
    expect(matchApi('/apis')).toBeUndefined();
    expect(match('*')).toBeUndefined();
    expect(match('')).toBeUndefined();
    expect(createRouteMatcher([])('/')).toBeUndefined();
  });

  it('agrees with a matcher that tries every route', () => {
    const random = seededRandom(7);
    const pick = (letters: string): string => letters[Math.floor(random() * letters.length)]!;
    const randomPath = (): string => `/${Array.from({ length: Math.floor(random() * 8) }, () => pick('ab/')).join('')}`;
    for (let round = 0; round < 2000; round++) {
      const routes = Array.from(
        { length: 1 + Math.floor(random() * 5) },
        () => randomPath().replace(/\/+$/, '') || '/',
      );
      const path = randomPath();
      const found = createRouteMatcher(routes.map((route) => [route, route] as const))(path);
      expect(found, `${path} in ${routes.join(' ')}`).toBe(tryEvery(routes, path));
    }
  });
});

function tryEvery(routes: readonly string[], path: string): string | undefined {
  return routes
    .filter((route) => route === '/' || path === route || path.startsWith(`${route}/`))
    .sort((one, other) => other.length - one.length)[0];
}

describe('a route with conditions', () => {
  const routes = {
    exact: { path: '/', exact: true },
    post: { path: '/api', methods: ['POST', 'PUT'] },
    get: { path: '/api', methods: 'GET' },
    beta: { path: '/app', headers: { 'X-Beta': '1' } },
    old: { path: '/app', headers: { 'X-Beta': false, 'X-Old': true } },
    debug: { path: '/app', query: { debug: true, level: '2' } },
    other: { path: '/app', hosts: ['b.example', '*.c.example'] },
    rest: { path: '/app' },
  };
  const matcher = createMatcher(Object.entries(routes).map(([name, rule]) => [toRouteRule(rule), name] as const));

  it.each([
    ['exact', '/'],
    [undefined, '/x'],
    ['get', '/api/x'],
    ['get', '/api', 'HEAD'],
    ['post', '/api', 'PUT'],
    [undefined, '/api', 'DELETE'],
    ['beta', '/app', 'GET', { 'x-beta': '1' }],
    ['rest', '/app', 'GET', { 'x-beta': '2' }],
    ['old', '/app', 'GET', { 'x-old': 'anything' }],
    ['rest', '/app', 'GET', { 'x-beta': '2', 'x-old': '1' }],
    ['debug', '/app?level=2&debug', 'GET'],
    ['rest', '/app?level=3&debug', 'GET'],
    ['other', '/app', 'GET', { host: 'b.example' }],
    ['other', '/app', 'GET', { host: 'x.y.c.example' }],
    ['rest', '/app', 'GET', { host: 'c.example' }],
    ['post', '/api', 'OPTIONS', { 'access-control-request-method': 'PUT' }],
    [undefined, '/api', 'OPTIONS'],
  ])('is %s for %s %s %j', (name, target, method = 'GET', headers: Record<string, string> = {}) => {
    expect(matcher.find(requestOf(target, method, headers))).toBe(name);
  });

  it('leaves no request to a shorter path because of its method alone', () => {
    const rules = {
      everything: { path: '/' },
      api: { path: '/api', methods: 'GET' },
      beta: { path: '/beta', methods: 'GET', headers: { 'x-beta': true } },
      login: { path: '/login', exact: true, methods: 'POST' },
      form: { path: '/login' },
      logout: { path: '/logout', exact: true, methods: 'POST' },
    };
    const below = createMatcher(Object.entries(rules).map(([name, rule]) => [toRouteRule(rule), name] as const));
    const cases: readonly [string | undefined, string, string, readonly string[]][] = [
      ['api', 'GET', '/api/x', []],
      [undefined, 'DELETE', '/api/x', ['GET', 'HEAD']],
      ['everything', 'DELETE', '/apis', []],
      ['everything', 'DELETE', '/beta', []], // its other condition is not met either
      ['login', 'POST', '/login', []],
      ['form', 'GET', '/login', []],
      [undefined, 'GET', '/logout', ['POST']],
      ['everything', 'GET', '/logout/x', []],
    ];
    for (const [name, method, path, allow] of cases) {
      const request = requestOf(path, method);
      expect(below.find(request), `${method} ${path}`).toBe(name);
      if (name === undefined) expect(below.methodsFor(request)).toEqual(allow);
    }
  });

  it('names the methods with which a request would have been taken', () => {
    expect(matcher.methodsFor(requestOf('/api', 'DELETE'))).toEqual(['POST', 'PUT', 'GET', 'HEAD']);
    expect(matcher.methodsFor(requestOf('/none', 'DELETE'))).toEqual([]);
  });
});
