import { seededRandom } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createRouteMatcher } from './match-route.ts';

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
