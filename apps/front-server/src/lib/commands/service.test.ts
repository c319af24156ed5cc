import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, windhover } from './command-fixtures.ts';

describe('windhover service', () => {
  it('prints the description with the absolute path of the configuration, even if there is none yet', async () => {
    const { code, stdout, stderr } = await windhover([
      'service',
      'install',
      '--print',
      '--manager',
      'systemd',
      '-c',
      'w.yaml',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^# \/etc\/systemd\/system\/windhover\.service\n/);
    expect(stdout).toContain(` run --config ${process.cwd()}/w.yaml\n`);
  });

  it('installs no service for a wrong configuration', async () => {
    const file = join(await folderWith({ 'w.yaml': 'sites: 5' }), 'w.yaml');
    const { code, stderr } = await windhover(['service', 'install', '--user', '--manager', 'systemd', '-c', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('sites\n');
  });

  it('says how WinSW installs it on Windows', async () => {
    const { code, stderr } = await windhover(['service', 'install', '--manager', 'winsw']);
    expect(code).toBe(1);
    expect(stderr).toContain('WinSW (https://github.com/winsw/winsw)');
    const { stdout } = await windhover(['service', 'install', '--manager', 'winsw', '--print']);
    expect(stdout).toMatch(/^<\?xml/);
  });

  it.each([
    [['service'], 'service needs install|uninstall|status: ACTION is missing.'],
    [['service', 'start'], 'ACTION must be install, uninstall or status, found "start".'],
    [['service', 'install', '--name', 'a b'], 'A name has letters, digits, `.`, `_` and `-`, found "a b".'],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, stderr } = await windhover(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
