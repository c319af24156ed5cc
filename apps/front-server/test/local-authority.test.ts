import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openChromium } from '../../../scripts/lib/open-chromium.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { windhover } from '../src/lib/commands/command-fixtures.ts';
import { curl, execute, startConfig, temporaryFolder } from './front-server-fixtures.ts';

/** A user of this machine, whose home is a folder of the test. */
async function newUser(): Promise<string> {
  const home = await temporaryFolder();
  const before = process.env['HOME'];
  process.env['HOME'] = home;
  onTestFinished(() => void (process.env['HOME'] = before));
  return home;
}

const local = (state: string): string => `listen: { address: 127.0.0.1, port: 0, tls: auto }
certificates: { local: true, store: { folder: ${state} } }
sites: { a: { hosts: [localhost], routes: [{ path: /, respond: local }] } }\n`;

const hasBrowser = hasPeer('chromium') && hasPeer('certutil');

describe.skipIf(!hasBrowser)('windhover trust', () => {
  it('makes Chromium and curl trust the local authority, and forget it again', async () => {
    const home = await newUser();
    const state = join(home, 'state');
    const { stdout, stderr, code } = await windhover(['trust', '--user', '--folder', state], { HOME: home });
    expect(`${stdout}${stderr}`).toMatch(/trusted by Chromium and Chrome/);
    expect(code).toBe(0);
    const started = await startConfig(local(state), home);
    const port = started.server.listeners[0]!.port!;
    const root = join(state, 'local', 'root.crt');
    await expect
      .poll(() => curl('--cacert', root, `https://localhost:${port}/`).then(({ body }) => body, String))
      .toBe('local');
    expect(await readFile(root, 'utf8')).not.toContain('PRIVATE KEY');
    const asked = (): number => started.accessLines.filter((line) => line.includes('/from-chromium')).length;
    await openChromium(`https://localhost:${port}/from-chromium`);
    await expect.poll(asked).toBeGreaterThan(0);
    await windhover(['trust', '--user', '--remove', '--folder', state], { HOME: home });
    const listed = await execute('certutil', ['-d', `sql:${home}/.pki/nssdb`, '-L']);
    expect(listed.stdout).not.toMatch(/windhover/);
  });
});
