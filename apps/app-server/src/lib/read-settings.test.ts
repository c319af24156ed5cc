import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultServerLimits } from '@windhover/server';
import { describe, expect, it } from 'vitest';
import { help } from './help.ts';
import { readSettings } from './read-settings.ts';
import { flagName, limitSettings } from './settings.ts';

async function settings(args: string[], env: Record<string, string> = {}): Promise<unknown> {
  const read = await readSettings(args, env);
  return read.kind === 'settings' ? read.settings : read;
}

async function complaint(args: string[], env: Record<string, string> = {}): Promise<string> {
  const read = await readSettings(args, env);
  return read.kind === 'misuse' ? read.message : `(${read.kind})`;
}

async function configFile(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'app-server-')), 'app.yaml');
  await writeFile(file, text);
  return file;
}

describe('readSettings()', () => {
  it('takes the module and nothing else', async () => {
    expect(await settings(['app.mjs'])).toEqual({ app: 'app.mjs', limits: {} });
  });

  it('reads flags of every kind', async () => {
    const args = ['app.mjs', '--port', '0', '--host=::1', '-w', '4', '--trust-proxy', 'loopback, 10.0.0.0/8'];
    expect(await settings([...args, '--access-log', '--log-format', 'json', '--max-connections=none'])).toEqual({
      app: 'app.mjs',
      port: 0,
      host: '::1',
      workers: 4,
      trustProxy: ['loopback', '10.0.0.0/8'],
      accessLog: true,
      logFormat: 'json',
      limits: { maxConnections: null },
    });
  });

  it('ranks flags before variables, variables before the file', async () => {
    const file = await configFile(
      'port: 1\nhost: a\nlogFormat: json\nlimits:\n  maxHeaderCount: 7\n  maxConnections: null\n',
    );
    const env = { WINDHOVER_PORT: '2', WINDHOVER_HOST: 'b', WINDHOVER_CONFIG: file, WINDHOVER_MAX_HEADER_COUNT: '8' };
    expect(await settings(['app.mjs', '--port', '3'], env)).toEqual({
      app: 'app.mjs',
      config: file,
      port: 3,
      host: 'b',
      logFormat: 'json',
      limits: { maxHeaderCount: 8, maxConnections: null },
    });
  });

  it('takes paths in a file from where the file is', async () => {
    const file = await configFile('app: ./app.mjs\ntlsCert: c.pem\ntlsKey: /k.pem\n');
    expect(await settings(['--config', file])).toMatchObject({
      app: join(file, '../app.mjs'),
      tlsCert: join(file, '../c.pem'),
      tlsKey: '/k.pem',
    });
  });

  it('lets an empty variable be none', async () => {
    expect(await settings(['app.mjs'], { WINDHOVER_PORT: '' })).toEqual({ app: 'app.mjs', limits: {} });
  });

  it.each([
    [['app.mjs', '--prot', '80'], 'There is no option --prot. Did you mean --port?'],
    [['app.mjs', '--max-header-counts', '80'], 'Did you mean --max-header-count?'],
    [['app.mjs', '--port', 'http'], '--port: expected a whole number from 0 to 65535, found "http".'],
    [['app.mjs', '--port', '-1'], '--port: expected a whole number from 0 to 65535, found'],
    [['app.mjs', '--port'], '--port: expected a whole number from 0 to 65535, found nothing.'],
    [['app.mjs', '--workers', '0'], '--workers: expected a whole number from 1 to 1024, or auto, found "0".'],
    [['app.mjs', '--trust-proxy', 'a,,b'], '--trust-proxy: expected a list, separated by commas, found "a,,b".'],
    [['app.mjs', '--log-format', 'xml'], '--log-format: expected pretty or json, found "xml".'],
    [['app.mjs', 'other.mjs'], '"other.mjs": expected one module, found a second.'],
    [['app.mjs', '--tls-cert', 'c.pem'], '--tls-cert needs --tls-key'],
    [['app.mjs', '--unix', '/a', '--port', '1'], '--unix stands instead of --port and --host'],
    [['app.mjs', '--control', '/a'], '--control needs --workers'],
    [[], 'A module to host is missing: windhover-app app.mjs'],
  ])('refuses %j', async (args, message) => {
    expect(await complaint(args)).toContain(message);
  });

  it('tells everything that is wrong at once', async () => {
    const file = await configFile('limits:\n  maxConnection: 5\nprot: 1\n');
    const message = await complaint(['app.mjs', '--prot', '1', '--config', file], { WINDHOVER_PORT: 'x' });
    expect(message).toContain('--prot');
    expect(message).toContain('WINDHOVER_PORT: expected a whole number');
    expect(message).toContain('Did you mean `maxConnections`?');
    expect(message).toContain('Did you mean `port`?');
    expect(message).toContain('app.yaml:2:3');
  });

  it('hints at variables that are probably misspelt, and no others', async () => {
    const read = await readSettings(['app.mjs'], { WINDHOVER_PROT: '1', WINDHOVER_SOMETHING_ELSE: '2' });
    expect(read).toMatchObject({ hints: ['WINDHOVER_PROT means nothing here. Did you mean WINDHOVER_PORT?'] });
  });

  it('answers questions before it complains', async () => {
    expect(await complaint(['--help', '--prot'])).toBe('(help)');
    expect(await complaint(['-v'])).toBe('(version)');
  });
});

describe('help()', () => {
  it('has every limit of the server', () => {
    for (const name of Object.keys(defaultServerLimits)) expect(help()).toContain(`--${flagName(name)} `);
    expect(Object.keys(limitSettings).length).toBeGreaterThan(Object.keys(defaultServerLimits).length);
  });
});
