import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { appFile, spawnApp, temporaryFolder } from './app-process.ts';

describe('--https', () => {
  it.each([['none'], ['2']])(
    'serves with a certificate of the authority of this machine, with %s workers',
    async (workers) => {
      const state = await temporaryFolder();
      const args = [appFile('handler.mjs'), '--https', '--port', '0', '--workers', workers];
      const { says, said } = spawnApp(args, { STATE_DIRECTORY: state });
      await says(/https:\/\/(?:localhost|127\.0\.0\.1):\d+/);
      const [url] = /https:\/\/(?:localhost|127\.0\.0\.1):\d+/.exec(said())!;
      const root = join(state, 'certificates', 'local', 'root.crt');
      const { stdout } = await promisify(execFile)('curl', ['-sS', '--fail', '--cacert', root, `${url}/`]);
      expect(stdout).not.toBe('');
    },
  );

  it('is either that or files', async () => {
    const { exited, said } = spawnApp([appFile('handler.mjs'), '--https', '--tls-cert', 'a', '--tls-key', 'b']);
    expect(await exited).not.toBe(0);
    expect(said()).toContain('--https has a certificate of its own: give either it or --tls-cert');
  });
});
