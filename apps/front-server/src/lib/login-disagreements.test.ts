import { describe, expect, it } from 'vitest';
import { inspectConfig } from './inspect-config.ts';

const oidc = 'auth: { oidc: { issuer: "https://login.example", clientId: app } }';
const session = 'session: { keys: a secret of more than thirty-two characters }';
const basic =
  'auth: { apiKey: { keys: { ci: "sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683" } } }';
const rules = 'authorize: [{ allow: { role: admin } }]';

async function problemsOf(top: string, site: string, route: string): Promise<readonly string[]> {
  const text = `${top}\nsites:\n  a:\n    ${site}\n    routes: [{ path: /, ${route} respond: 200 }]`;
  return inspectConfig({ file: '/etc/w.yaml', text }, (loaded) =>
    loaded.ok ? [] : loaded.problems.map(({ path, message }) => `${path}: ${message}`),
  );
}

describe('loginDisagreements()', () => {
  it('finds a login at a provider without a session, and rules on users without a login', async () => {
    expect(await problemsOf('', oidc, '')).toEqual([expect.stringMatching(/^sites\.a\.auth: expected a `session`/)]);
    expect(await problemsOf('', '', `${rules},`)).toEqual([
      expect.stringMatching(/^sites\.a\.routes\[0\]\.authorize: expected an `auth`/),
    ]);
    expect(await problemsOf('authorize: [{ allow: logged-in }]', '', '')).toEqual([
      expect.stringMatching(/^authorize: expected an `auth`/),
    ]);
  });

  it.each([
    [session, oidc, ''],
    ['', session, `${oidc},`],
    [rules, '', `${basic},`],
    [basic, '', `${rules},`],
    ['authorize: [{ allow: { network: 10.0.0.0/8 } }]', '', ''],
    ['authorize: [{ deny: { path: /private } }, { allow: everyone }]', '', ''],
    ['authorize: { iis: { /: [{ accessType: Allow, users: "*" }] } }', '', ''],
  ])('finds nothing with %s, %s and %s', async (top, site, route) => {
    expect(await problemsOf(top, site, route)).toEqual([]);
  });
});
