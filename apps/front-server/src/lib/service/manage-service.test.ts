import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../commands/command-fixtures.ts';
import { installService, uninstallService } from './manage-service.ts';
import type { ServiceSocket } from './service-facts.ts';
import { type CommandLine, serviceManager } from './service-manager.ts';

async function setup(answer: (command: string) => number | null = () => 0, sockets: readonly ServiceSocket[] = []) {
  const home = await folderWith({});
  const paths = { node: '/usr/bin/node', program: '/m.js', config: '/w.yaml' };
  const service = serviceManager(
    'systemd',
    { name: 'w', ...paths, isOfUser: true, account: null, writes: [], sockets },
    { HOME: home },
  );
  const said: string[] = [];
  const run: string[] = [];
  const work = {
    out: (text: string) => void said.push(text),
    err: (text: string) => void said.push(`! ${text}`),
    execute: (command: CommandLine) => {
      run.push(command.join(' '));
      return answer(command.join(' '));
    },
  };
  return { service, work, said, run, file: join(home, '.config/systemd/user/w.service') };
}

describe('a service', () => {
  it('is written, then started; stopped, then removed', async () => {
    const { service, work, said, run, file } = await setup();
    expect(installService(service, work)).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(service.text);
    expect(uninstallService(service, work)).toBe(0);
    expect(existsSync(file)).toBe(false);
    expect(run).toEqual([
      'systemctl --user daemon-reload',
      'systemctl --user enable --now w',
      'systemctl --user disable --now w',
      'systemctl --user daemon-reload',
    ]);
    expect(said).toEqual([
      `Wrote ${file}.\n`,
      'The service is running, and starts with the system.\n',
      `Removed ${file}.\n`,
    ]);
  });

  it('has its sockets opened by units that come and go with it', async () => {
    const { service, work, run, file } = await setup(() => 0, [{ name: '443', listen: '443', mode: null }]);
    const unit = file.replace('w.service', 'w-443.socket');
    expect(installService(service, work)).toBe(0);
    expect(readFileSync(unit, 'utf8')).toContain('\nFileDescriptorName=443\n');
    expect(readFileSync(file, 'utf8')).toContain('\nSockets=w-443.socket\n');
    expect(run.at(-1)).toBe('systemctl --user enable --now w-443.socket w');
    expect(uninstallService(service, work)).toBe(0);
    expect([existsSync(file), existsSync(unit)]).toEqual([false, false]);
  });

  it('says which command failed, or is missing', async () => {
    const failing = await setup((command) => (command.includes('enable') ? 5 : 0));
    expect(installService(failing.service, failing.work)).toBe(1);
    expect(failing.said.at(-1)).toBe('! systemctl --user enable --now w: it ended with 5.\n');
    const missing = await setup(() => null);
    expect(installService(missing.service, missing.work)).toBe(1);
    expect(missing.said.at(-1)).toBe('! systemctl --user daemon-reload: systemctl is not installed here.\n');
  });

  it('that is not installed cannot be removed', async () => {
    const { service, work, said, file } = await setup();
    expect(uninstallService(service, work)).toBe(1);
    expect(said).toEqual([`! There is no ${file}: the service is not installed.\n`]);
  });
});
