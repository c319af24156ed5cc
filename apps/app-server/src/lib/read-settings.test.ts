import { execFileSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultServerLimits } from '@windhover/server';
import { describe, expect, it } from 'vitest';
import { help } from './help.ts';
import { readSettings } from './read-settings.ts';
import { flagName, limitSettings, variableName } from './settings.ts';

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

  it('reads how workers are asked and balanced, from each source', async () => {
    const file = await configFile('workers: 2\npingInterval: 1s\npingTimeout: null\nbalance: false\n');
    const read = { pingInterval: 1000, pingTimeout: null, balance: false };
    expect(await settings(['app.mjs', '-c', file])).toMatchObject(read);
    const flags = ['-w', '2', '--ping-interval', '1000', '--ping-timeout', 'none', '--balance=false'];
    expect(await settings(['app.mjs', ...flags])).toMatchObject(read);
    const env = {
      WINDHOVER_WORKERS: '2',
      WINDHOVER_PING_INTERVAL: '1s',
      WINDHOVER_PING_TIMEOUT: 'none',
      WINDHOVER_BALANCE: 'false',
    };
    expect(await settings(['app.mjs'], env)).toMatchObject(read);
    expect(await complaint(['app.mjs', '--ping-timeout', '99'])).toContain(
      'expected a duration such as `30s`, `5m` or a number of milliseconds, 100ms or more, or none, found "99"',
    );
  });

  it('ranks flags before variables, variables before the file', async () => {
    const file = await configFile(
      'port: 1\nhost: a\nlogFormat: json\nlimits:\n  headerCount: 7\n  connections: null\n',
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
    [['app.mjs', '--workers', '0'], '--workers: expected a whole number from 1 to 1024, auto or none, found "0".'],
    [
      ['app.mjs', '--trust-proxy', 'a,,b'],
      '--trust-proxy: expected an IP address, a network such as 10.0.0.0/8, or one of loopback, private, linklocal, unix, found "a".',
    ],
    [
      ['app.mjs', '--trust-proxy', 'loopback,,unix'],
      '--trust-proxy: expected addresses or networks, separated by commas, or none, found "loopback,,unix".',
    ],
    [['app.mjs', '--trust-proxy', 'none, unix'], 'linklocal, unix, found "none".'],
    [
      ['app.mjs', '--trust-proxy', '10.0.0.1/8'],
      '--trust-proxy: the network of that size begins at 10.0.0.0, found "10.0.0.1/8".',
    ],
    [['app.mjs', '--log-format', 'xml'], '--log-format: expected pretty or json, found "xml".'],
    [['app.mjs', 'other.mjs'], '"other.mjs": expected one module, found a second.'],
    [['app.mjs', '--tls-cert', 'c.pem'], '--tls-cert needs --tls-key'],
    [['app.mjs', '--tls-client-ca', 'c.pem'], '--tls-client-ca needs --tls-cert'],
    [['app.mjs', '--tls-client-mode', 'request'], '--tls-client-mode needs --tls-client-ca'],
    [['app.mjs', '--unix', '/a', '--port', '1'], '--unix stands instead of --port and --host'],
    [['app.mjs', '--control', '/a'], '--control needs --workers'],
    [['app.mjs', '-w', '2', '--control', '/a', '--unix', '/a'], '--control and --unix are the same path'],
    [['app.mjs', '--unix-mode', '660'], '--unix-mode needs --unix'],
    [['app.mjs', '--control', '/a', '--workers', 'none'], '--control needs --workers'],
    [['app.mjs', '--no-access-log'], 'There is no option --no-access-log. Did you mean --access-log=false?'],
    [
      ['app.mjs', '--access-log', 'false'],
      '--access-log needs no value, and takes one with =, as in --access-log=false.',
    ],
    [[''], '"": expected a module, found nothing.'],
    [['app.mjs', '--=1'], 'There is no option --=1.'],
    [['app.mjs', '--constructor'], 'There is no option --constructor.'],
    [[], 'A module to host is missing: windhover-app app.mjs'],
  ])('refuses %j', async (args, message) => {
    expect(await complaint(args)).toContain(message);
  });

  it('tells everything that is wrong at once', async () => {
    const file = await configFile('limits:\n  connection: 5\nprot: 1\n');
    const message = await complaint(['app.mjs', '--prot', '1', '--config', file], { WINDHOVER_PORT: 'x' });
    expect(message).toContain('--prot');
    expect(message).toContain('WINDHOVER_PORT: expected a whole number');
    const both = await complaint(['app.mjs', '--prot', '1', '--trust-proxy', 'everybody']);
    expect(both).toMatch(
      /^There is no option --prot.*\n--trust-proxy: expected an IP address.*, found "everybody"\.\n$/,
    );
    const together = await complaint(['--tls-cert', 'c.pem', '--unix-mode', '660', '--balance']);
    expect(together.split('\n').map((line) => line.split(/[ :]/, 2).join(' '))).toEqual([
      'A module',
      '--tls-cert needs',
      '--unix-mode needs',
      '--balance needs',
      '',
    ]);
    expect(message).toContain('Did you mean `connections`?');
    expect(message).toContain('Did you mean `port`?');
    expect(message).toContain('app.yaml:2:3');
  });

  it.each([
    ['readyTimeout', '5s', 'it says how long a worker may take to start'],
    ['pingInterval', '5000', 'it says how often a worker is asked whether it hangs'],
    ['pingTimeout', 'none', 'it says when a worker hangs'],
    ['balance', 'false', 'it is about the connections of several workers'],
    ['control', '/run/app', 'without them there is no supervisor to ask'],
  ])('refuses %s without workers, in the words of whoever says it', async (name, value, why) => {
    const flag = `--${flagName(name)}=${value}`;
    const env = { [variableName(name)]: value };
    const file = await configFile(`${name}: ${value}\n`);
    expect(await complaint(['app.mjs', flag])).toBe(`--${flagName(name)} needs --workers: ${why}.\n`);
    expect(await complaint(['app.mjs', flag, '-w', 'none'])).toBe(`--${flagName(name)} needs --workers: ${why}.\n`);
    expect(await complaint(['app.mjs'], env)).toBe(`${variableName(name)} needs WINDHOVER_WORKERS: ${why}.\n`);
    expect(await complaint(['app.mjs', '-c', file])).toBe(`${file}: \`${name}\` needs \`workers\`: ${why}.\n`);
    // A worker runs below --watch too.
    for (const has of ['--workers=auto', '--watch'])
      for (const [args, variables] of [
        [[flag], {}],
        [[], env],
        [['-c', file], {}],
      ] as const)
        expect(await settings(['app.mjs', has, ...args], variables)).toHaveProperty(name);
    // Whoever does without workers for once need not take apart what was written for them.
    expect(await settings(['app.mjs', '-c', file, '-w', 'none'])).not.toHaveProperty(name);
    expect(await settings(['app.mjs', '-w', 'none'], env)).not.toHaveProperty(name);
  });

  it('takes none for nobody to trust', async () => {
    for (const none of ['none', 'null']) {
      const env = { WINDHOVER_TRUST_PROXY: 'loopback' };
      expect(await settings(['app.mjs'], env)).toMatchObject({ trustProxy: ['loopback'] });
      expect(await settings(['app.mjs', '--trust-proxy', none], env)).not.toHaveProperty('trustProxy');
      expect(await settings(['app.mjs'], { WINDHOVER_TRUST_PROXY: none })).not.toHaveProperty('trustProxy');
    }
  });

  it('says in a file what is no network', async () => {
    const wrong = await configFile('trustedProxies:\n  - loopback\n  - 10.0.0.1/8\n');
    const message = await complaint(['app.mjs', '-c', wrong]);
    expect(message).toContain('app.yaml:3:5  trustedProxies');
    expect(message).toContain('he network of that size begins at 10.0.0.0');
    expect(message).toContain('found "10.0.0.1/8".');
    const text = await configFile('trustedProxies: somebody\n');
    expect(await complaint(['app.mjs', '-c', text])).toContain('found "somebody".');
  });

  it('hints at variables that mean nothing, and not at those of others', async () => {
    const others = {
      WINDHOVER_WORKER: '{}',
      WINDHOVER_SERVICE_HOST: '10.0.0.1',
      WINDHOVER_SERVICE_PORT_HTTP: '80',
      WINDHOVER_PORT_80_TCP_ADDR: '10.0.0.1',
    };
    const env = { WINDHOVER_PROT: '1', windhover_port: '1', WINDHOVER_COLOUR: 'red', ...others };
    expect(await readSettings(['app.mjs'], env)).toMatchObject({
      hints: [
        'The variable WINDHOVER_PROT means nothing here. Did you mean WINDHOVER_PORT?',
        'The variable windhover_port means nothing here. Did you mean WINDHOVER_PORT?',
        'The variable WINDHOVER_COLOUR means nothing here.',
      ],
    });
    expect(await complaint(['app.mjs', '--port', 'x'], env)).toContain('WINDHOVER_PROT means nothing here');
    expect(await complaint(['app.mjs'], { WINDHOVER_PORT: 'tcp://10.0.0.1:80' })).toContain('enableServiceLinks');
  });

  it.each(['none', 'null'])('takes %s for no limit everywhere', async (none) => {
    const file = await configFile(`limits:\n  connections: ${none}\n  keepAlive: "none"\n`);
    const env = { WINDHOVER_MAX_REQUEST_BODY_BYTES: none };
    expect(await settings(['app.mjs', '-c', file, '--headers-timeout-ms', none], env)).toMatchObject({
      limits: { maxConnections: null, keepAliveTimeoutMs: null, maxRequestBodyBytes: null, headersTimeoutMs: null },
    });
    expect(await complaint(['app.mjs', '--max-header-count', none])).toContain('expected a whole number');
  });

  it('lets a stronger source do without workers', async () => {
    const file = await configFile('workers: 4\nlimits:\n');
    expect(await settings(['app.mjs', '-c', file])).toMatchObject({ workers: 4 });
    expect(await settings(['app.mjs', '-c', file, '-w', 'none'])).not.toHaveProperty('workers');
    for (const none of ['none', 'null']) {
      const other = await configFile(`workers: ${none}\n`);
      expect(await settings(['app.mjs', '-c', other])).not.toHaveProperty('workers');
      expect(await settings(['app.mjs', '-c', other], { WINDHOVER_WORKERS: 'auto' })).toMatchObject({
        workers: 'auto',
      });
    }
    const wrong = await configFile('workers: many\n');
    expect(await complaint(['app.mjs', '-c', wrong])).toContain(
      'Expected a whole number from 1 to 1024, auto or none, found "many".',
    );
  });

  it('says in a file what a limit may be', async () => {
    const file = await configFile('limits:\n  connections: many\n  headerCount: none\n  headersTimeout: 0\n');
    const message = await complaint(['app.mjs', '-c', file]);
    expect(message).toContain('Expected a whole number, 1 or more or `null`, found "many".');
    expect(message).toContain('Expected a whole number, 0 or more, found "none".');
    expect(message).toContain(
      'Expected a duration such as `30s`, `5m` or a number of milliseconds, 1ms or more, found 0.',
    );
  });

  it('lets a stronger source choose between a port and a Unix socket', async () => {
    const file = await configFile('app: a.mjs\nunix: ./a.sock\nunixMode: 660\n');
    const app = join(file, '../a.mjs');
    expect(await settings(['-c', file])).toMatchObject({ unix: join(file, '../a.sock'), unixMode: 0o660 });
    expect(await settings(['-c', file, '-p', '1'])).toEqual({ app, config: file, port: 1, limits: {} });
    expect(await settings(['-c', file], { WINDHOVER_HOST: '::1' })).toEqual({
      app,
      config: file,
      host: '::1',
      limits: {},
    });
    const other = await configFile('app: a.mjs\nport: 1\nhost: b\n');
    expect(await settings(['-c', other], { WINDHOVER_UNIX: '/s' })).not.toHaveProperty('port');
    expect(await settings(['-c', other, '-p', '2'], { WINDHOVER_UNIX: '/s' })).toMatchObject({ port: 2 });
  });

  it.each([
    ['660', 0o660],
    ['0600', 0o600],
    ['777', 0o777],
  ])('reads the mode %s', async (given, mode) => {
    expect(await settings(['app.mjs', '--unix', '/s', '--unix-mode', given])).toMatchObject({ unixMode: mode });
    for (const value of [given, `"${given}"`]) {
      const file = await configFile(`unix: /s\nunixMode: ${value}\n`);
      expect(await settings(['app.mjs', '-c', file])).toMatchObject({ unixMode: mode });
    }
  });

  it.each(['66', '6666', '668', '060', '440', '0o660', 'rw-rw----', '-660', '1e2', '0x1b0'])(
    'refuses the mode %s',
    async (given) => {
      expect(await complaint(['app.mjs', '--unix', '/s', `--unix-mode=${given}`])).toContain('three octal digits');
      const file = await configFile(`unix: /s\nunixMode: ${given}\n`);
      expect(await complaint(['app.mjs', '-c', file])).toContain('Expected permissions as three octal digits');
    },
  );

  it('refuses what contradicts itself in one source, in the words of that source', async () => {
    const file = await configFile('unix: /s\nhost: b\n');
    const stands = (unix: string, port: string, host: string, other: string): string =>
      `${unix} stands instead of ${port} and ${host}: leave it out, or ${other}.`;
    expect(await complaint(['app.mjs', '-c', file])).toBe(
      `${file}: ${stands('`unix`', '`port`', '`host`', '`host`')}\n`,
    );
    expect(await complaint(['app.mjs'], { WINDHOVER_UNIX: '/s', WINDHOVER_PORT: '1' })).toContain(
      stands('WINDHOVER_UNIX', 'WINDHOVER_PORT', 'WINDHOVER_HOST', 'WINDHOVER_PORT'),
    );
  });

  it('does not take the value of a misspelt flag for a module', async () => {
    expect(await complaint(['app.mjs', '--prot', '80'])).toBe('There is no option --prot. Did you mean --port?\n');
    expect(await complaint(['--prot', '80', 'app.mjs'])).toBe('There is no option --prot. Did you mean --port?\n');
    expect(await complaint(['app.mjs', '--frobnicate', '80'])).toBe('There is no option --frobnicate.\n');
    expect(await complaint(['--acces-log', 'app.mjs', 'other.mjs'])).toBe(
      'There is no option --acces-log. Did you mean --access-log?\n"other.mjs": expected one module, found a second.\n',
    );
  });

  it('says of a limit at the top of a file where it belongs', async () => {
    const file = await configFile('connections: 5\nheaderCounts: 5\nlimits:\n  conections: 5\n');
    const message = await complaint(['app.mjs', '-c', file]);
    expect(message).toContain('`connections` is a limit: it belongs under `limits:`.');
    expect(message).toContain('found `headerCounts`. Did you mean `limits.headerCount`?');
    expect(message).toContain('found `conections`. Did you mean `connections`?');
  });

  it.each([
    ['stopTimeoutMs: 500', '`stopTimeoutMs` is `stopTimeout` now, a duration such as `30s`.'],
    ['pingTimeoutMs: 500', '`pingTimeoutMs` is `pingTimeout` now'],
    ['trustProxy: [loopback]', '`trustProxy` is `trustedProxies` now.'],
    ['forwarded: forwarded', '`forwarded` is `headers` of `trustedProxies` now'],
    ['limits: { maxRequestBodyBytes: 5 }', '`limits.maxRequestBodyBytes` is `limits.requestBody` now.'],
    ['maxConnections: 5', '`maxConnections` is `limits.connections` now.'],
    ['proxy: http://127.0.0.1:1', '`proxy` belongs to the front server: here the application answers.'],
    ['sites: {}', '`sites` belongs to the front server: here there is one, and its features stand at the top.'],
  ])('says of the key in %s what to write', async (text, message) => {
    const said = await complaint(['app.mjs', '-c', await configFile(`${text}\n`)]);
    expect(said).toContain(message);
    expect(said).not.toContain('Did you mean');
  });

  it('says of flags and variables that were named after their unit what they are called now', async () => {
    expect(await complaint(['app.mjs', '--stop-timeout-ms', '500'])).toBe(
      'There is no option --stop-timeout-ms. Did you mean --stop-timeout?\n',
    );
    const env = { WINDHOVER_STOP_TIMEOUT_MS: '500' };
    expect(await complaint(['app.mjs'], env)).toBe(
      'WINDHOVER_STOP_TIMEOUT_MS is WINDHOVER_STOP_TIMEOUT now, and takes units: 30s.\n',
    );
  });

  it.each([
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['500', 500],
  ])('takes %s for a time from each source', async (written, stopTimeout) => {
    const file = await configFile(`stopTimeout: ${written}\n`);
    expect(await settings(['app.mjs', '--stop-timeout', written])).toMatchObject({ stopTimeout });
    expect(await settings(['app.mjs'], { WINDHOVER_STOP_TIMEOUT: written })).toMatchObject({ stopTimeout });
    expect(await settings(['app.mjs', '-c', file])).toMatchObject({ stopTimeout });
  });

  it('takes units for limits, and bare numbers', async () => {
    const file = await configFile('limits: { requestBody: 10MB, keepAlive: 130s, headersTimeout: 5000 }\n');
    const limits = { maxRequestBodyBytes: 10_000_000, keepAliveTimeoutMs: 130_000, headersTimeoutMs: 5000 };
    expect(await settings(['app.mjs', '-c', file])).toMatchObject({ limits });
    const flags = ['--max-request-body-bytes=10MB', '--keep-alive-timeout-ms=130s', '--headers-timeout-ms=5000'];
    expect(await settings(['app.mjs', ...flags])).toMatchObject({ limits });
    expect(await settings(['app.mjs', '--min-request-body-bytes-per-second=1KB/s'])).toMatchObject({
      limits: { minRequestBodyBytesPerSecond: 1000 },
    });
  });

  it.each(['5 min', '-1', '0', '26d', '1e3', 'none', '1.5'])('refuses the time %s', async (written) => {
    const expected = 'expected a duration such as `30s`, `5m` or a number of milliseconds, 1ms or more, 24d or less';
    expect(await complaint(['app.mjs', `--stop-timeout=${written}`])).toContain(expected);
    const file = await configFile(`stopTimeout: "${written}"\n`);
    expect(await complaint(['app.mjs', '-c', file])).toContain(expected.slice(1));
  });

  it('makes no features where nobody names any', async () => {
    expect(await readSettings(['app.mjs', '--port', '1'], {})).toMatchObject({ features: null });
  });

  it('tells what is wrong with a feature where it is said: in the file, or on the command line', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'app-server-')), 'none');
    const file = await configFile('static: ./none\nrequestId: { headr: a }\nerorPages: true\n');
    const message = await complaint(['app.mjs', '-c', file]);
    expect(message).toMatch(/app\.yaml:1:9 {2}static\n.*\n.*\n {2}Expected a folder that exists/);
    expect(message).toMatch(/app\.yaml:2:14 {2}requestId\.headr\n[\s\S]*Did you mean `header`\?/);
    expect(message).toMatch(/app\.yaml:3:1 {2}erorPages\n[\s\S]*Did you mean `errorPages`\?/);
    const said = `expected a folder that exists (looked for ${folder}), found ${JSON.stringify(folder)}.\n`;
    expect(await complaint(['app.mjs', '--static', folder])).toBe(`--static: ${said}`);
    expect(await complaint(['app.mjs'], { WINDHOVER_STATIC: folder })).toBe(`WINDHOVER_STATIC: ${said}`);
  });

  it('reads regular files only, of a bounded size', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'app-server-'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await complaint(['app.mjs', '-c', pipe])).toContain('expected a configuration file, found a pipe.');
    expect(await complaint(['app.mjs', '-c', folder])).toContain('found a folder');
    expect(await complaint(['app.mjs', '-c', '/dev/zero'])).toContain('found a device');
    expect(await complaint(['app.mjs', '-c', join(folder, 'none')])).toContain('found no such file');
    const huge = await configFile('#'.repeat(1_048_577));
    expect(await complaint(['app.mjs', '-c', huge])).toContain('at most 1048576 bytes, found 1048577');
    const large = await configFile(`#${'#'.repeat(1_048_565)}\nport: 1\n`);
    expect(await settings(['app.mjs', '-c', large])).toMatchObject({ port: 1 });
  });

  it('answers questions before it complains', async () => {
    expect(await complaint(['--help', '--prot'])).toBe('(help)');
    expect(await complaint(['-v'])).toBe('(version)');
  });
});

describe('help()', () => {
  it('has every limit of the server, and the letters', () => {
    for (const name of Object.keys(defaultServerLimits)) expect(help()).toContain(`--${flagName(name)} `);
    for (const short of ['-c, --config <file>', '-p, --port <number>', '-w, --workers <number>', '-h, --help'])
      expect(help()).toContain(`  ${short} `);
    expect(Object.keys(limitSettings).length).toBeGreaterThan(Object.keys(defaultServerLimits).length);
  });
});
