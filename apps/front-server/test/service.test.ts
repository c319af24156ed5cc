import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { serviceManager } from '../src/lib/service/service-manager.ts';
import { serviceSockets } from '../src/lib/service/service-sockets.ts';
import { systemdUnit } from '../src/lib/service/systemd-unit.ts';
import { temporaryFolder } from './front-server-fixtures.ts';

describe.skipIf(!hasPeer('systemd-analyze'))('systemd-analyze verify', () => {
  it.each([
    ['of the system', [], { isOfUser: false, account: null }],
    ['of the system with log folders', [], { isOfUser: false, account: null, writes: ['/var/log/my logs', '/srv'] }],
    ['of the system with an account', [], { isOfUser: false, account: 'root' }],
    ['of a user', ['--user'], { isOfUser: true, account: null }],
  ])('finds nothing wrong with a unit %s', async (_what, flags, kind) => {
    const folder = await temporaryFolder();
    const program = join(folder, 'main 100%.js');
    writeFileSync(program, '');
    const file = join(folder, 'windhover-test.service');
    writeFileSync(
      file,
      systemdUnit({
        name: 'windhover-test',
        node: process.execPath,
        program,
        config: '/etc/w.yaml',
        writes: [],
        sockets: [],
        ...kind,
      }),
    );
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...flags, file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    });
    const about = stderr.split('\n').filter((line) => line.includes('windhover-test'));
    expect({ status, about }).toEqual({ status: 0, about: [] });
  });

  it('finds nothing wrong with units of sockets, and the service behind them', async () => {
    const folder = await temporaryFolder();
    const program = join(folder, 'main.js');
    writeFileSync(program, '');
    const sockets = serviceSockets([
      { port: 8443, host: '127.0.0.1' },
      { path: join(folder, 'w 100%.sock'), mode: 0o660 },
    ]);
    if (typeof sockets === 'string') throw new Error(sockets);
    const facts = { name: 'windhover-test', node: process.execPath, program, config: '/etc/w.yaml', isOfUser: false };
    const { file, text, more } = serviceManager('systemd', { ...facts, account: null, writes: [], sockets }, {});
    const files = [{ file, text }, ...more].map((each) => ({
      path: join(folder, basename(each.file)),
      text: each.text,
    }));
    for (const each of files) writeFileSync(each.path, each.text);
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...files.map(({ path }) => path)], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    });
    const about = stderr.split('\n').filter((line) => line.includes('windhover-test'));
    expect({ status, about, units: files.length }).toEqual({ status: 0, about: [], units: 3 });
  });
});
