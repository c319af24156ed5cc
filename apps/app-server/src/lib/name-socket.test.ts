import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nameSocket } from './name-socket.ts';
import { readSettings } from './read-settings.ts';

async function told(args: string[], env: Record<string, string> = {}): Promise<string> {
  const read = await readSettings(['app.mjs', '--workers', '2', ...args], env);
  if (read.kind !== 'settings') throw new Error(read.kind);
  return nameSocket('Another process listens there: listen.web, 127.0.0.1:80.', read.settings, read.wordingOf);
}

async function configFile(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'app-server-')), 'app.yaml');
  await writeFile(file, text);
  return file;
}

describe('nameSocket()', () => {
  it('names the flag, also where nobody has said a port', async () => {
    expect(await told(['--port', '80'])).toBe('Another process listens there: --port, 127.0.0.1:80.');
    expect(await told([])).toContain(': --port, ');
    expect(await told(['--unix', '/run/a'])).toContain(': --unix, ');
  });

  it('names the variable', async () => {
    expect(await told([], { WINDHOVER_PORT: '80' })).toContain(': WINDHOVER_PORT, ');
    expect(await told([], { WINDHOVER_UNIX: '/run/$&' })).toContain(': WINDHOVER_UNIX, ');
  });

  it('names the file and its key, unless something stronger has said it', async () => {
    const file = await configFile('port: 80\n');
    expect(await told(['-c', file])).toContain(`: ${file}: \`port\`, 127.0.0.1:80`);
    expect(await told(['-c', file, '--port', '81'])).toContain(': --port, ');
  });
});
