import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { systemdUnit } from '../src/lib/service/systemd-unit.ts';
import { temporaryFolder } from './front-server-fixtures.ts';

describe.skipIf(!hasPeer('systemd-analyze'))('systemd-analyze verify', () => {
  it.each([
    ['of the system', [], { isOfUser: false, account: null }],
    ['of the system with an account', [], { isOfUser: false, account: 'root' }],
    ['of a user', ['--user'], { isOfUser: true, account: null }],
  ])('finds nothing wrong with a unit %s', async (_what, flags, kind) => {
    const folder = await temporaryFolder();
    const program = join(folder, 'main 100%.js');
    writeFileSync(program, '');
    const file = join(folder, 'windhover-test.service');
    writeFileSync(
      file,
      systemdUnit({ name: 'windhover-test', node: process.execPath, program, config: '/etc/w.yaml', ...kind }),
    );
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...flags, file], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    });
    const about = stderr.split('\n').filter((line) => line.includes('windhover-test'));
    expect({ status, about }).toEqual({ status: 0, about: [] });
  });
});
