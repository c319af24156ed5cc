import type { Feature, Level } from '@windhover/core/feature';
import { expect, it } from 'vitest';
import { keyOfAnotherLevel } from './key-of-another-level.ts';

function feature(name: string, levels: readonly Level[]): [string, Feature<unknown>] {
  return [name, { name, levels } as Feature<unknown>];
}

const features = new Map([
  feature('ftp', ['top']),
  feature('proxy', ['route']),
  feature('http2', ['listener', 'top']),
  feature('hsts', ['top', 'site', 'route']),
]);

it.each([
  [['sites', 'a', 'ftp'], 'expected `ftp` at the top, found it at a site'],
  [['sites', 'a', 'http2'], 'expected `http2` at a listener or the top, found it at a site'],
  [['sites', 'a', 'routes', 0, 'http2'], 'expected `http2` at a listener or the top, found it at a route'],
  [['sites', 'a', 'listen'], 'expected `listen` at the top, found it at a site'],
  [['proxy'], 'expected `proxy` at a route, found it at the top'],
  [['listen', 0, 'hsts'], 'expected `hsts` at the top or a site or a route, found it at a listener'],
])('keyOfAnotherLevel(%j) says where the key belongs', (path, message) => {
  expect(keyOfAnotherLevel(path, features, ['listen', 'ftp'])).toEqual({ message });
});

it('shows the route that a site needs for what only routes have', () => {
  expect(keyOfAnotherLevel(['sites', 'a', 'proxy'], features, [])).toEqual({
    message: 'expected `proxy` at a route, found it at a site',
    suggestion: 'routes: [{ path: /, proxy: … }]',
  });
});

it.each([[['sites', 'a', 'hsts']], [['nothing']], [['sites', 'a', 'tls', 'ftp']], [['listen', 0, 'tls', 'proxy']]])(
  'keyOfAnotherLevel(%j) knows of no other place',
  (path) => {
    expect(keyOfAnotherLevel(path, features, ['listen', 'nothing'])).toBeNull();
  },
);

it.each([
  ['path', 'routes: [{ path: … }]'],
  ['exact', 'routes: [{ path: /, exact: … }]'],
  ['methods', 'routes: [{ path: /, methods: … }]'],
])('knows the key %s of routes, which is no feature', (key, suggestion) => {
  const message = `expected \`${key}\` at a route, found it at a site`;
  expect(keyOfAnotherLevel(['sites', 'a', key], features, [])).toEqual({ message, suggestion });
});
