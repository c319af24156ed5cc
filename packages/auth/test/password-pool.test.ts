import { describe, expect, it, onTestFinished } from 'vitest';
import { createPasswordPool, type PasswordPoolOptions } from '../src/lib/password/password-pool.ts';

const worker = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
const echo = worker(`import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ password, hash }) => {
  if (password === 'die') process.exit(1);
  if (password === 'fail') parentPort.postMessage({ error: 'no such kind' });
  else parentPort.postMessage({ isRight: password === hash });
});`);

function poolOf(options: PasswordPoolOptions) {
  const pool = createPasswordPool({ threads: 1, worker: echo, ...options });
  onTestFinished(() => pool.close());
  return pool;
}

describe('createPasswordPool()', () => {
  it('checks in threads', async () => {
    const pool = poolOf({ threads: 2 });
    const checks = ['a', 'b', 'c', 'd'].map((password) => pool.check(password, 'c', ''));
    expect(await Promise.all(checks)).toEqual([false, false, true, false]);
  });

  it('takes clients in turn, so that one who guesses does not keep out another', async () => {
    const pool = poolOf({});
    const order: string[] = [];
    const ask = (name: string, client: string) => pool.check(name, '', client).then(() => order.push(name));
    await Promise.all([ask('a1', 'a'), ask('a2', 'a'), ask('a3', 'a'), ask('a4', 'a'), ask('b1', 'b')]);
    expect(order).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  });

  it('refuses checks beyond those that may wait, of one client and of all', async () => {
    const pool = poolOf({ maxWaitingPerClient: 1, maxWaiting: 2 });
    const codes = ['a', 'a', 'a', 'b', 'c'].map((client) =>
      pool.check('x', 'x', client).catch(({ status, code }) => `${status} ${code}`),
    );
    expect(pool.waiting).toBe(2);
    expect(await Promise.all(codes)).toEqual([true, true, '429 AUTH_TOO_MANY_GUESSES', true, '503 AUTH_BUSY']);
    expect(await pool.check('x', 'x', 'a')).toBe(true);
  });

  it('counts the addresses of an IPv6 network as one client', async () => {
    const pool = poolOf({ maxWaitingPerClient: 1 });
    const answers = ['2001:db8::1', '2001:db8:0:0:1::1', '2001:db8::2', '2001:db8:0:1::1'].map((client) =>
      pool.check('x', 'x', client).catch(({ status }) => status),
    );
    expect(await Promise.all(answers)).toEqual([true, true, 429, true]);
  });

  it('fails the check whose thread ends, and goes on with a new thread', async () => {
    const pool = poolOf({});
    const died = pool.check('die', '', '');
    const next = pool.check('x', 'x', '');
    await expect(died).rejects.toMatchObject({ code: 'AUTH_HASH_FAILED' });
    expect(await next).toBe(true);
    await expect(pool.check('fail', '', '')).rejects.toMatchObject({ code: 'AUTH_HASH_FAILED' });
  });

  it.each([[{ threads: 0 }], [{ maxWaiting: -1 }], [{ worker: 'x' }], [{ thread: 1 }]])('refuses %j', (options) => {
    expect(() => createPasswordPool(options as never)).toThrow(
      expect.objectContaining({ code: 'AUTH_OPTION_INVALID' }),
    );
  });
});
