import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inspectConfig } from '../inspect-config.ts';
import { windhover } from './command-fixtures.ts';

describe('windhover tokens', () => {
  it('prints a token, and what the configuration takes for it', async () => {
    const { code, stdout } = await windhover(['tokens', 'create', 'ci', '--role', 'operate']);
    const [token] = stdout.split('\n');
    expect([code, token]).toEqual([0, expect.stringMatching(/^wh_[A-Za-z0-9_-]{43}$/)]);
    expect(stdout).toContain(`sha256: '${createHash('sha256').update(token!).digest('hex')}'`);
    const yaml = stdout.slice(stdout.indexOf('\nadmin:'));
    const text = `${yaml}\nsites: { a: { routes: [{ path: /, respond: a }] } }`;
    expect(await inspectConfig({ file: 'a.yaml', text }, ({ ok }) => ok)).toBe(true);
  });

  it('refuses a role that does not exist', async () => {
    expect(await windhover(['tokens', 'create', 'ci', '--role', 'root'])).toMatchObject({ code: 2 });
  });
});

describe('commands of the management API', () => {
  it('say what is missing', async () => {
    expect(await windhover(['config', 'diff'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('diff takes an edition'),
    });
    const url = ['--url', 'http://127.0.0.1:1'];
    expect(await windhover(['config', 'history', ...url])).toMatchObject({
      code: 2,
      stderr: 'Set WINDHOVER_TOKEN to the token.\n',
    });
    expect(await windhover(['config', 'history', ...url], { WINDHOVER_TOKEN: 'x' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be reached'),
    });
    expect(await windhover(['deploy', '--activate', 'x'])).toMatchObject({ code: 2 });
  });
});
