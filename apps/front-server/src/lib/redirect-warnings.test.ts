import { describe, expect, it } from 'vitest';
import { inspectConfig } from './inspect-config.ts';

async function warningsOf(top: string, redirect = 'https'): Promise<readonly string[]> {
  const text = `${top}\nsites: { a: { redirect: ${redirect}, routes: [{ path: /, respond: 200 }] } }`;
  return inspectConfig({ file: '/etc/w.yaml', text }, (loaded) => {
    if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
    return loaded.warnings.map(({ path, message }) => `${path}: ${message}`);
  });
}

describe('redirectWarnings()', () => {
  it('tells of a redirect to HTTPS that nobody serves', async () => {
    expect(await warningsOf('listen: 80')).toEqual([
      expect.stringContaining('sites.a.redirect: no listener here speaks TLS'),
    ]);
  });

  it('tells nothing of redirects to elsewhere', async () => {
    expect(await warningsOf('listen: 80', '[www, { from: /a, to: /b }, { host: a.example }]')).toEqual([]);
  });

  it.each(['trustedProxies: loopback', 'trustedProxies: 10.0.0.0/8'])('tells nothing with %s', async (top) => {
    expect(await warningsOf(top)).toEqual([]);
  });
});

describe('slashWarnings()', () => {
  const check = (redirect: string, route: string): Promise<readonly string[]> =>
    inspectConfig(
      { file: '/tmp/w.yaml', text: `sites: { a: { redirect: ${redirect}, routes: [{ path: /, ${route} }] } }` },
      (loaded) => {
        if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
        return loaded.warnings.map(({ path, message }) => `${path}: ${message}`);
      },
    );

  it('tells of a slash that is taken away where static adds it', async () => {
    for (const redirect of ['no-trailing-slash', '[www, { trailingSlash: remove }]'])
      expect(await check(redirect, 'static: /tmp')).toEqual([
        expect.stringContaining('sites.a.redirect: `static` sends folders to their slash'),
      ]);
    expect(await check('no-trailing-slash', 'respond: 200')).toEqual([]);
    expect(await check('trailing-slash', 'static: /tmp')).toEqual([]);
  });
});
