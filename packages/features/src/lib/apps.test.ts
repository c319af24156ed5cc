import { describe, expect, it } from 'vitest';
import { readApps, toAppDefinition } from './app-definition.ts';
import { appSchema } from './app-schema.ts';
import { configOf } from './feature-fixtures.ts';

const site = 'sites: { a: { routes: [{ path: /, app: shop }] } }\n';
const shop = (options: string): string => `apps: { shop: { ${options} } }\n${site}`;

describe('apps', () => {
  it('runs the program in the folder of the configuration, with the defaults of IIS', () => {
    expect(toAppDefinition('shop', appSchema.parse({ command: ['node', 'a.js'] }), '/srv')).toMatchObject({
      cwd: '/srv',
      listen: 'port',
      ready: { path: null, notice: false },
      ping: { everyMs: 30_000, timeoutMs: 90_000 },
      settings: {
        instances: 1,
        start: 'always',
        idleStopMs: null,
        startupMs: 90_000,
        shutdownMs: 90_000,
        recycle: { everyMs: 104_400_000, requests: null, memoryBytes: null, at: [], overlap: true },
        rapidFail: { failures: 5, withinMs: 300_000 },
      },
    });
  });

  it('converts units and times', () => {
    const written = {
      command: ['python3', 'app.py', '{socket}'],
      cwd: './shop',
      env: { WORKERS: 4 },
      ready: { path: '/healthz', notice: true, within: '30s' },
      recycle: { every: null, memory: '512MB', at: ['03:30'] },
      idle: { stopAfter: '20m' },
      ping: false,
      rapidFail: false,
      user: 1000,
    };
    const definition = readApps({ shop: written }, () => '/srv')?.[0];
    expect(definition).toMatchObject({
      ...{
        cwd: '/srv/shop',
        listen: 'socket',
        env: { WORKERS: '4' },
        ready: { path: '/healthz', notice: true },
        ping: null,
        user: '1000',
      },
      settings: {
        ...{ startupMs: 30_000, idleStopMs: 1_200_000, rapidFail: null },
        recycle: { everyMs: null, memoryBytes: 512_000_000, at: [210] },
      },
    });
  });

  it('leaves what is wrong to those who load the whole configuration', () => {
    expect(readApps({ shop: { command: [] } }, () => '/')).toBeUndefined();
    expect(readApps('shop', () => '/')).toBeUndefined();
  });

  it.each([
    ['a folder that is missing', 'command: [node], cwd: ./nowhere', /apps\.shop\.cwd[\s\S]*folder that exists/],
    ['a splash page that is missing', 'command: [node], splash: ./no.html', /apps\.shop\.splash[\s\S]*ENOENT/],
    [
      'a place that does not fit',
      'command: [node, "{socket}"], listen: port',
      /apps\.shop\.command[\s\S]*no `\{socket\}`/,
    ],
    [
      'a place in a variable that does not fit',
      'command: [node], env: { URL: "http://127.0.0.1:{port}" }, listen: socket',
      /apps\.shop\.env\.URL[\s\S]*no `\{port\}`/,
    ],
    [
      'a user that is unknown',
      'command: [node], user: nobody-of-that-name',
      /apps\.shop\.user[\s\S]*(no user|run as root)/,
    ],
    ['a time of the day', 'command: [node], recycle: { at: ["25:00"] }', /apps\.shop\.recycle\.at[\s\S]*03:30/],
    ['no program', 'cwd: .', /apps\.shop\.command/],
  ])('refuses %s', async (_, options, message) => {
    await expect(configOf(shop(options))).rejects.toThrow(message);
  });

  it('refuses a route to an application that there is not', async () => {
    await expect(configOf(`apps: { blog: { command: [node] } }\n${site}`)).rejects.toThrow(/shop/);
  });

  it('starts nothing for a configuration that is only looked at', async () => {
    const config = await configOf(shop('command: [there-is-no-such-program]'));
    await config.dispose();
  });
});
