import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { createLogSinks } from '../src/index.ts';
import { filesOf, keepLog, temporaryFolder } from './sink-fixtures.ts';

const run = promisify(execFile);

describe.skipIf(!hasPeer('logrotate'))('logrotate', () => {
  it.each(['create', 'copytruncate'])('with %s: no line is lost, split or written twice', async (way) => {
    const folder = await temporaryFolder();
    const logs = await temporaryFolder();
    await chmod(logs, 0o700); // it refuses folders that others may write to
    const path = join(logs, 'access.log');
    const configuration = join(folder, 'logrotate.conf');
    await writeFile(configuration, `"${path}" {\n  rotate 5\n  ${way}\n}\n`);
    await chmod(configuration, 0o600);
    const sinks = createLogSinks({ log: keepLog() });
    const sink = sinks.file(path);
    const rotate = async (): Promise<void> => {
      await sink.flush(); // copytruncate itself loses what is written while it copies
      await run('/usr/sbin/logrotate', ['--force', '--state', join(folder, 'state'), configuration]);
      if (way === 'create') sinks.reopen();
    };
    sink.write('1\n');
    await rotate();
    sink.write('2\n');
    await rotate();
    sink.write('3\n');
    await sink.close();
    expect(await filesOf(logs)).toEqual({ 'access.log': '3\n', 'access.log.1': '2\n', 'access.log.2': '1\n' });
  });
});
