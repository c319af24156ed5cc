import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, windhover } from './command-fixtures.ts';

describe('windhover service', () => {
  it('prints the description with the absolute path of the configuration, and says if there is none yet', async () => {
    const { code, stdout, stderr } = await windhover([
      'service',
      'install',
      '--print',
      '--manager',
      'systemd',
      '-c',
      'w.yaml',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'There is no w.yaml yet: the service would not start.\n' });
    expect(stdout).toMatch(/^# \/etc\/systemd\/system\/windhover\.service\n/);
    expect(stdout).toContain(` run --config ${process.cwd()}/w.yaml\n`);
  });

  it('prints the units of sockets, and the folders that logs need', async () => {
    const text = 'listen: [80, 443]\naccessLog: ./logs/a.log\nsites: { a: { routes: [{ path: /, respond: 200 }] } }\n';
    const folder = await folderWith({ 'w.yaml': text });
    const args = ['service', 'install', '--print', '--socket', '--manager', 'systemd', '-c', join(folder, 'w.yaml')];
    const { code, stdout, stderr } = await windhover(args);
    expect(code).toBe(0);
    expect(stdout).toContain('Sockets=windhover-80.socket windhover-443.socket\n');
    expect(stdout).toContain('\n# /etc/systemd/system/windhover-443.socket\n');
    expect(stdout).toContain(`\nReadWritePaths=-${folder}/logs\n`);
    expect(stderr).toContain('owns only /var/log/windhover');
    const anyPort = await folderWith({ 'w.yaml': text.replace('443', '0') });
    const refused = await windhover([...args.slice(0, -1), join(anyPort, 'w.yaml')]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('The port 0 stands for any free one') });
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
