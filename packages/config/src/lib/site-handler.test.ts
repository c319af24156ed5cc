import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { definition, testServices } from './config-fixtures.ts';
import { formatProblems } from './format-problems.ts';
import { loadConfig } from './load-config.ts';
import { mayShowKey } from './may-show-by-route.ts';
import { createSiteHandler } from './site-handler.ts';

async function ask(text: string, Host: string, url = '/'): Promise<string> {
  const loaded = await loadConfig({ file: '/etc/w.yaml', text }, definition, testServices());
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  const result = await runHandler(createSiteHandler(loaded.config), { url, headers: { Host } });
  return `${result.status} ${result.text().trim()}`;
}

const twoSites = `
sites:
  one: { hosts: [one.example, "*.example"], routes: [{ path: /a, text: { text: one } }] }
  two: { hosts: two.example, routes: [{ path: /, static: { root: ./www } }] }
`;

describe('createSiteHandler()', () => {
  it.each([
    ['one.example', '/a/b', '200 one'],
    ['ONE.example:8080', '/a', '200 one'],
    ['x.y.example', '/a', '200 one'],
    ['two.example', '/a', '200 /etc two / ./www'],
    ['one.example', '/ab', '404 '],
    ['one.example', '/', '404 '],
  ])('answers %s%s with %s', async (name, url, answer) => {
    expect(await ask(twoSites, name, url)).toBe(answer);
  });

  it('answers 421 for a host that nobody names and for none, never from the first site', async () => {
    expect(await ask(twoSites, 'other.org', '/a')).toBe('421 No site is configured for this host.');
    expect(await ask(twoSites, '', '/a')).toBe('421 No site is configured for this host.');
    expect(await ask('sites: { a: { hosts: [x], routes: [{ path: /, text: { text: a } }] } }', 'y')).toMatch(/^421/);
  });

  it('answers them from the default site where one is named', async () => {
    expect(await ask(`defaultSite: one${twoSites}`, 'other.org', '/a')).toBe('200 one');
    expect(await ask(`defaultSite: one${twoSites}`, '', '/a')).toBe('200 one');
  });

  it('lets a site without hosts that is alone answer every host', async () => {
    expect(await ask('sites: { a: { routes: [{ path: /, text: { text: a } }] } }', 'anything')).toBe('200 a');
  });

  it.each([
    ['one.example', '/a', 'one'],
    ['one.example', '/nothing', 'one'],
    ['other.org', '/a', ''],
  ])('names the site of %s%s in the context', async (Host, url, site) => {
    const loaded = await loadConfig({ file: '/etc/w.yaml', text: twoSites }, definition, testServices());
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    const handler = createSiteHandler(loaded.config);
    let seen: string | null = null;
    await runHandler(
      async (context) => {
        await handler(context);
        seen = context.site;
      },
      { url, headers: { Host } },
    );
    expect(seen).toBe(site);
  });

  it('takes the longest route, wherever it stands, and names it in the context', async () => {
    const text =
      'sites: { a: { routes: [{ path: /, text: { text: root } }, { path: /a/b, text: { text: ab } }, { path: /a, text: { text: a } }] } }';
    const loaded = await loadConfig({ file: 'w', text }, definition, testServices());
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    const handler = createSiteHandler(loaded.config);
    const routes: string[] = [];
    const result = await runHandler(async (context) => {
      await handler(context);
      routes.push(context.route);
    }, '/a/b/c');
    expect(result.text()).toBe('ab');
    expect(routes).toEqual(['/a/b']);
  });

  it('says which paths the answer of a route may show: none that another route takes', async () => {
    const text = `
sites: { a: { routes: [
  { path: /files, text: { text: pass } },
  { path: /files/private, guard: true, text: { text: pass } },
  { path: /files/once.txt, exact: true, text: { text: pass } },
  { path: /files/mail, methods: [POST], text: { text: pass } }] } }`;
    const loaded = await loadConfig({ file: 'w', text }, definition, testServices());
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    const shown: string[] = [];
    const paths = ['/files/a', '/files/privates', '/files/private', '/files/private/s', '/files/%70rivate/s'];
    const more = ['/files/once.txt', '/files/once.txt/b', '/files/mail/c', '/other'];
    const handler = createSiteHandler(loaded.config, (context) => {
      const mayShow = context.get(mayShowKey) ?? (() => true);
      shown.push(...[...paths, ...more].filter((path) => mayShow(context, path)));
    });
    await runHandler(handler, '/files/');
    expect(shown).toEqual(['/files/a', '/files/privates', '/files/once.txt/b']);
    shown.length = 0;
    await runHandler(handler, '/files/private/');
    expect(shown).toHaveLength(9); // nothing is below it, so nobody asks
  });

  it('orders middleware by phase, within a phase from the outside in', async () => {
    const text = `
limit: { label: top-limit }
guard: { label: top-guard }
sites:
  a:
    hosts: [a]
    guard: { label: site-guard }
    routes:
      - path: /
        text: { text: x }
        limit: { label: route-limit }
        guard:
`;
    expect(await ask(text, 'a')).toBe('200 top-guard(site-guard(guard(top-limit(route-limit(x)))))');
  });

  it('runs the middleware of the site for paths without a route, that of the top level for hosts without a site', async () => {
    const text =
      'guard: { label: top }\nsites: { a: { hosts: [a], limit: { label: site }, routes: [{ path: /x, text: { text: x } }] } }';
    expect(await ask(text, 'a')).toBe('404 top(site())');
    expect(await ask(text, 'b')).toBe('421 top(No site is configured for this host.)');
  });

  it('replaces, adds and takes away between the levels', async () => {
    const text = `
edge: { label: top }
guard: { label: top }
sites:
  a:
    hosts: [a]
    edge: { label: site }
    routes:
      - { path: /replaced, edge: { label: route }, text: { text: x } }
      - { path: /away, edge: false, guard: false, text: { text: x } }
      - { path: /twice, guard: [{ label: one }, { label: two }], text: { text: x } }
`;
    expect(await ask(text, 'a', '/replaced')).toBe('200 route(top(x))');
    expect(await ask(text, 'a', '/away')).toBe('200 x');
    expect(await ask(text, 'a', '/twice')).toBe('200 site(top(one(two(x))))');
  });

  it('orders the features of one phase and level by the list of the distribution, not by the file', async () => {
    const inside = (keys: string): string => `sites: { a: { routes: [{ path: /, ${keys}, text: { text: x } }] } }`;
    expect(await ask(inside('limit: true, pace: true'), 'a')).toBe('200 limit(pace(x))');
    expect(await ask(inside('pace: true, limit: true'), 'a')).toBe('200 limit(pace(x))');
  });

  it('lets an origin pass on to the next one named', async () => {
    const text = `
sites: { a: { routes: [
  { path: /, text: { text: pass }, static: { root: www } },
  { path: /b, static: { root: www }, text: { text: never } },
  { path: /c, text: { text: pass } }] } }`;
    expect(await ask(text, 'a', '/')).toBe('200 /etc a / www');
    expect(await ask(text, 'a', '/b')).toBe('200 /etc a /b www');
    expect(await ask(text, 'a', '/c')).toBe('404 Not Found');
  });

  it('answers 405 where a route would have taken another method', async () => {
    const text = 'sites: { a: { routes: [{ path: /a, methods: [GET], text: { text: a } }] } }';
    expect(await ask(text, 'a', '/a')).toBe('200 a');
    const loaded = await loadConfig({ file: 'w', text }, definition, testServices());
    if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
    const result = await runHandler(createSiteHandler(loaded.config), { url: '/a', method: 'POST' });
    expect([result.status, result.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('runs the features inside the options of another', async () => {
    const text =
      'sites: { a: { routes: [{ path: /, only: { path: /x, do: { limit: { label: l }, guard: true } }, text: { text: t } }] } }';
    expect(await ask(text, 'a', '/x')).toBe('200 guard(l(t))');
    expect(await ask(text, 'a', '/y')).toBe('200 t');
  });
});

describe('before the route is known', () => {
  const text = `
edge: { label: top }
rewrite: [{ from: /old, to: /new }, { from: /halt, to: answer }, { from: /fail, to: throw }]
sites:
  a:
    hosts: [a]
    edge: { label: site }
    rewrite: [{ from: /new, to: /b }, { from: /stop, to: answer }]
    routes:
      - { path: /b, guard: true, edge: { label: route }, text: { text: b } }
`;

  it('rewrites run from the outside in, and the route is chosen by what they make', async () => {
    expect(await ask(text, 'a', '/old')).toBe('200 route(guard(b))');
    expect(await ask(text, 'a', '/new')).toBe('200 route(guard(b))');
  });

  it('an answer from there passes the edge of its site', async () => {
    expect(await ask(text, 'a', '/halt')).toBe('200 site(answered)');
    expect(await ask(text, 'a', '/stop')).toBe('200 site(answered)');
    expect(await ask(`defaultSite: a\n${text}`, 'b', '/halt')).toBe('200 site(answered)');
  });

  // CWE-601: a redirect to HTTPS or to www would send clients to a host that somebody has made up.
  it('a host of no site gets 421, whatever rewrites and redirects of the top level would say', async () => {
    for (const path of ['/halt', '/fail', '/old', '/stop'])
      expect(await ask(text, 'b', path)).toBe('421 top(No site is configured for this host.)');
  });

  it('an error from there passes the edge too', async () => {
    expect(await ask(text, 'a', '/fail')).toBe('500 Internal Server Error');
  });
});
