import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { canReusePort } from './bind-handle.ts';
import { createSupervisor } from './create-supervisor.ts';
import { resolveOptions, type SupervisorOptions } from './options.ts';

const worker = new URL('file:///srv/worker.js');

describe('resolveOptions()', () => {
  it('has a default for everything but the worker', () => {
    expect(resolveOptions({ worker })).toMatchObject({
      file: '/srv/worker.js',
      args: [],
      workers: availableParallelism(),
      listen: {},
      socketPerWorker: canReusePort(),
      readyTimeoutMs: 30_000,
      stopTimeoutMs: 30_000,
      backoff: { initialMs: 200, maxMs: 30_000, resetMs: 10_000 },
      ping: { intervalMs: 30_000, timeoutMs: 90_000 },
      balance: true,
      retryStart: false,
      controlPath: null,
      signals: false,
      systemd: false,
    });
  });

  it('takes one time of the pings, or none of them; an answer may have to come sooner than the next question', () => {
    expect(resolveOptions({ worker, ping: { timeoutMs: 100 } }).ping).toEqual({ intervalMs: 30_000, timeoutMs: 100 });
    expect(resolveOptions({ worker, ping: false, balance: false })).toMatchObject({ ping: null, balance: false });
  });

  it('keeps variables of systemd from the workers, and adds and takes others', () => {
    process.env['LISTEN_FDS'] = '1';
    process.env['NOTIFY_SOCKET'] = '/nowhere';
    try {
      const { env } = resolveOptions({ worker, env: { MORE: '1', PATH: undefined } });
      expect([env['LISTEN_FDS'], env['NOTIFY_SOCKET'], env['MORE'], env['PATH']]).toEqual([
        undefined,
        undefined,
        '1',
        undefined,
      ]);
    } finally {
      delete process.env['LISTEN_FDS'];
      delete process.env['NOTIFY_SOCKET'];
    }
  });

  it('gives workers the options of Node, but no debugger and no --eval', () => {
    const before = process.execArgv;
    process.execArgv = [
      '--inspect=0',
      '--enable-source-maps',
      '-e',
      'code',
      '--input-type=module',
      '--import',
      './a.js',
      '--watch',
    ];
    try {
      expect(resolveOptions({ worker }).execArgv).toEqual(['--enable-source-maps', '--import', './a.js']);
    } finally {
      process.execArgv = before;
    }
  });

  it.each<[object, string]>([
    [{ worker: 'a', wokers: 2 }, 'wokers: there is no such option. Expected worker, args'],
    [{}, 'worker: expected a file: URL or a path, found nothing'],
    [{ worker: new URL('http://a/') }, 'worker: expected a file: URL or a path, found http://a/'],
    [{ worker: 'http://a/w.js' }, 'worker: expected a file: URL or a path, found "http://a/w.js"'],
    [{ worker: 'data:text/javascript,1' }, 'worker: expected a file: URL or a path, found "data:'],
    [{ worker: 'file://elsewhere/w.js' }, 'worker: expected a file: URL or a path. File URL host must be'],
    [{ worker: ['a'] }, 'worker: expected a file: URL or a path, found ["a"]'],
    [
      { worker: 'a', log: {} },
      'log: expected an object with the functions info, warn, error, found an object without info',
    ],
    [{ worker: 'a', log: { info() {}, error() {} } }, 'found an object without warn'],
    [{ worker: 'a', log: 7 }, 'log: expected an object with the functions info, warn, error, found 7'],
    [{ worker: 'a', listen: [] }, 'listen: expected an object with an address for each name, found []'],
    [{ worker: 'a', listen: 8080 }, 'listen: expected an object with an address for each name, found 8080'],
    [{ worker: 'a', env: null }, 'env: expected an object'],
    [{ worker: 'a', env: { A: 1 } }, 'env.A: expected a string, found 1'],
    [{ worker: 'a', backoff: 5 }, 'backoff: expected an object with initialMs, maxMs, resetMs, found 5'],
    [{ worker: 'a', backoff: null }, 'backoff: expected an object with initialMs, maxMs, resetMs, found null'],
    [{ worker: 'a', backoff: { initialMs: 20, maxMs: 10 } }, 'backoff.initialMs: expected no more than backoff.maxMs'],
    [{ worker: 'a', ping: [] }, 'ping: expected { intervalMs?, timeoutMs? } or false, found []'],
    [{ worker: 'a', socketPerWorker: 'no' }, 'socketPerWorker: '],
    [{ worker: 'a', workers: 0 }, 'workers: expected a whole number from 1 to 1024, found 0'],
    [{ worker: 'a', workers: 1.5 }, 'workers: expected a whole number'],
    [{ worker: 'a', stopTimeoutMs: 0 }, 'stopTimeoutMs: expected'],
    [{ worker: 'a', readyTimeoutMs: null }, 'readyTimeoutMs: expected a whole number from 1 to 2147483647, found null'],
    [{ worker: 'a', readyTimeoutMs: Number.NaN }, 'readyTimeoutMs: expected'],
    [{ worker: 'a', readyTimeoutMs: 2 ** 31 }, 'readyTimeoutMs: expected'],
    [{ worker: 'a', backoff: { initial: 1 } }, 'backoff.initial: there is no such option'],
    [{ worker: 'a', backoff: { maxMs: -1 } }, 'backoff.maxMs: expected'],
    [{ worker: 'a', ping: true }, 'ping: expected { intervalMs?, timeoutMs? } or false, found true'],
    [{ worker: 'a', ping: null }, 'ping: expected { intervalMs?, timeoutMs? } or false, found null'],
    [{ worker: 'a', ping: { timeout: 1 } }, 'ping.timeout: there is no such option. Expected intervalMs, timeoutMs'],
    [
      { worker: 'a', ping: { timeoutMs: 99 } },
      'ping.timeoutMs: expected a whole number from 100 to 2147483647, found 99',
    ],
    [{ worker: 'a', ping: { intervalMs: 2 ** 31 } }, 'ping.intervalMs: expected'],
    [{ worker: 'a', balance: 'yes' }, 'balance: expected true or false, found "yes"'],
    [{ worker: 'a', args: 'b' }, 'args: expected a list of strings, found "b"'],
    [{ worker: 'a', controlPath: '' }, 'controlPath: expected a path'],
    [
      { worker: 'a', listen: { web: 8080 } },
      'listen.web: expected { port, host?, ipv6Only? }, { path, mode? } or { fd }, found 8080',
    ],
    [{ worker: 'a', listen: { web: { prot: 80 } } }, 'listen.web: expected'],
    [{ worker: 'a', listen: { web: { port: 65_536 } } }, 'listen.web: expected'],
    [{ worker: 'a', listen: { web: { port: 80, path: '/s' } } }, 'listen.web: expected'],
    [{ worker: 'a', listen: { web: { path: '/s', mode: 0o1777 } } }, 'listen.web: expected'],
    [{ worker: 'a', listen: { web: { fd: 2 } } }, 'listen.web: expected'],
  ])('refuses %j', (options, text) => {
    expect(() => resolveOptions(options as SupervisorOptions)).toThrow(
      expect.objectContaining({ code: 'SUPERVISOR_OPTION_INVALID', message: expect.stringContaining(text) }),
    );
  });

  it.each([undefined, null, 'worker.js', ['a'], () => {}])('refuses %j instead of options', (options) => {
    const createAny = createSupervisor as (options?: unknown) => unknown;
    expect(() => createAny(options)).toThrow(
      expect.objectContaining({
        code: 'SUPERVISOR_OPTION_INVALID',
        message: expect.stringContaining('createSupervisor(): expected an object with worker, args, '),
      }),
    );
  });

  it('takes file: URLs as text, and paths with a colon', () => {
    for (const path of ['file:///srv/worker.js', new URL('file:///srv/worker.js')])
      expect(resolveOptions({ worker: path }).file).toBe('/srv/worker.js');
    for (const path of ['./a:b.js', '/srv/a:b.js', 'C:\\worker.js'])
      expect(resolveOptions({ worker: path }).file).toBe(path);
  });

  it('lets the first pause be longer than the longest by default', () => {
    expect(resolveOptions({ worker, backoff: { initialMs: 60_000 } }).backoff).toMatchObject({ maxMs: 60_000 });
  });

  it.runIf(!canReusePort())('refuses sockets for each worker where the system has none', () => {
    expect(() => resolveOptions({ worker, socketPerWorker: true })).toThrow(
      'socketPerWorker: true needs Linux and Node 22.12',
    );
  });
});
