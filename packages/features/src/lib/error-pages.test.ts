import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextKey, type HttpContext } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';
import { runHandler } from '@windhover/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'windhover-pages-'));
  writeFileSync(join(folder, '404.html'), 'a 404 of the folder');
  writeFileSync(join(folder, 'missing.html'), 'missing');
  writeFileSync(join(folder, 'sorry.html'), 'sorry');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** `upstream: 502` answers with the error page of an upstream, `application: 502` with one of this process. */
const origins = ['upstream', 'application'].map(
  (name): Feature<number> => ({
    name,
    levels: ['route'],
    phases: ['origin'],
    combine: 'replace',
    schema: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as number }) } },
    create: (status) => {
      const run = (context: HttpContext): void => {
        if (name === 'upstream') context.set(contextKey('proxy.upstream'), {});
        context.response.status = status;
        context.response.body = 'its own page';
      };
      return { layers: [{ phase: 'origin', run }] };
    },
  }),
) as readonly Feature<unknown>[];

const browser = { Accept: 'text/html' };
const textOf = async (text: string, url = '/', headers: Record<string, string> = browser): Promise<string> =>
  (await runHandler(await handlerOf(text, undefined, origins), { url, headers })).text();

describe('errorPages', () => {
  it('takes files by status, for the top level, a site and a route', async () => {
    const text = `
errorPages: { 4xx: "${folder}/missing.html", 5xx: "${folder}/sorry.html" }
sites:
  a:
    errorPages: { folder: "${folder}", 403: "${folder}/sorry.html" }
    routes:
      - { path: /missing, respond: 404 }
      - { path: /forbidden, respond: 403 }
      - { path: /other, errorPages: { 404: "${folder}/missing.html" }, respond: 404 }`;
    expect(await textOf(text, '/missing')).toBe('a 404 of the folder');
    expect(await textOf(text, '/forbidden')).toBe('sorry');
    expect(await textOf(text, '/other')).toBe('missing');
    expect(JSON.parse(await textOf(text, '/other', { Accept: 'application/json' }))).toEqual({
      title: 'Not Found',
      status: 404,
    });
  });

  it.each([
    ['true', 502, 'sorry'],
    ['true', 404, 'missing'],
    ['[502]', 502, 'sorry'],
    ['[5xx]', 502, 'sorry'],
    ['[503, 4xx]', 502, 'its own page'],
    ['false', 502, 'its own page'],
  ])('upstreams: %s answers a %i of an upstream with: %s', async (upstreams, status, page) => {
    const pages = `{ upstreams: ${upstreams}, 4xx: "${folder}/missing.html", 5xx: "${folder}/sorry.html" }`;
    const text = (origin: string): string =>
      `sites: { a: { errorPages: ${pages}, routes: [{ path: /, ${origin}: ${status} }] } }`;
    expect(await textOf(text('upstream'))).toBe(page);
    expect(await textOf(text('application'))).toBe('its own page');
  });

  it.each([
    ['{ 404: nowhere.html }', /404.*Expected a file with a page \(ENOENT/s],
    ['{ 302: x.html }', /Expected `folder`, `upstreams`, or a status/],
    ['{ foldr: x }', /Expected `folder`, `upstreams`, or a status/],
    ['{ upstreams: [200] }', /upstreams/],
    ['{ upstreams: [] }', /upstreams/],
  ])('refuses %s', async (options, message) => {
    await expect(
      handlerOf(`errorPages: ${options}\nsites: { a: { routes: [{ path: /, respond: a }] } }`),
    ).rejects.toThrow(message);
  });

  it.runIf(process.platform !== 'win32')('refuses a pipe, and does not wait for somebody to write', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const text = `errorPages: { 404: ${folder}/pipe }\nsites: { a: { routes: [{ path: /, respond: a }] } }`;
    await expect(handlerOf(text)).rejects.toThrow(/Expected a file with a page \(a pipe/);
  });
});

describe('fallback', () => {
  it('answers with other features what the route fails to answer', async () => {
    const text = `
sites:
  a:
    routes:
      - { path: /, upstream: 503, fallback: { respond: { status: 200, body: instead } } }
      - { path: /only, upstream: 503, fallback: { on: [502], respond: instead } }
      - { path: /fine, respond: fine, fallback: { respond: instead } }
      - { path: /file, upstream: 503, fallback: { static: "${folder}" } }
      - { path: /twice, upstream: 503, fallback: { upstream: 502, fallback: { respond: at last } } }`;
    expect(await textOf(text)).toBe('instead');
    expect(await textOf(text, '/only')).toBe('its own page');
    expect(await textOf(text, '/fine')).toBe('fine');
    expect(await textOf(text, '/file')).toBe('its own page'); // there is no such file
    expect(await textOf(text, '/twice')).toBe('at last');
  });

  it.each([
    ['{ on: [502] }', /Expected a feature that answers/],
    ['true', /Expected a feature that answers/],
    ['{ on: [502], respnd: x }', /respnd/],
    ['{ on: [200], respond: x }', /on/],
    ['{ requestId: true }', /Expected a feature that answers/],
    ['{ static: /does/not/exist }', /static/],
  ])('refuses %s', async (options, message) => {
    const text = `sites: { a: { routes: [{ path: /, respond: a, fallback: ${options} }] } }`;
    await expect(handlerOf(text)).rejects.toThrow(message);
  });
});
