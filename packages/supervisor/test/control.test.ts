import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { controlSupervisor } from '../src/index.ts';
import { makePrograms, makeSupervisor, type Programs, startSupervisor, until } from './programs.ts';

let programs: Programs;
let path: string;
beforeAll(async () => {
  programs = await makePrograms();
  path = join(programs.folder, 'control.sock');
});
afterEach(() => programs.behave(''));
afterAll(() => programs.remove());

async function send(bytes: string | Uint8Array, end = false): Promise<unknown> {
  const socket = net.connect(path);
  if (end) socket.end(bytes);
  else socket.write(bytes);
  return JSON.parse(await text(socket));
}

describe('controlSupervisor()', () => {
  it('tells the status, reloads and stops', async () => {
    const { supervisor } = await startSupervisor(programs, { controlPath: path });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await controlSupervisor(path, 'status')).toEqual(JSON.parse(JSON.stringify(supervisor.status())));
    await controlSupervisor(path, 'reload');
    expect(supervisor.status()).toMatchObject({ generation: 2, state: 'running' });
    await programs.behave('crash');
    await expect(controlSupervisor(path, 'reload')).rejects.toMatchObject({
      code: 'SUPERVISOR_WORKER_FAILED',
      message: expect.stringMatching(/^A worker did not become ready: it ended.*\nMissing DATABASE_URL$/),
    });
    await controlSupervisor(path, 'stop');
    expect(supervisor.status().state).toBe('stopped');
    await until(() =>
      stat(path).then(
        () => false,
        () => true,
      ),
    );
    await expect(controlSupervisor(path, 'status')).rejects.toMatchObject({ code: 'SUPERVISOR_UNREACHABLE' });
  });

  it('sends commands of the program around the supervisor, and takes their answers', async () => {
    const commands = {
      greet: ({ name }: Readonly<Record<string, unknown>>) => `hello ${String(name)}`,
      fail: () => Promise.reject(new Error('not today')),
    };
    const { supervisor } = await startSupervisor(programs, { controlPath: path, commands });
    expect(await controlSupervisor(path, 'greet', { request: { name: 'Ada' } })).toBe('hello Ada');
    await expect(controlSupervisor(path, 'fail')).rejects.toThrow('not today');
    await expect(controlSupervisor(path, 'other')).rejects.toMatchObject({ code: 'SUPERVISOR_REQUEST_INVALID' });
    await supervisor.stop();
  });

  it('does not wait for ever', async () => {
    const silent = net.createServer(() => undefined).listen(path);
    await once(silent, 'listening');
    await expect(controlSupervisor(path, 'status', { timeoutMs: 50 })).rejects.toThrow('No answer within 50 ms');
    silent.close();
  });

  it('takes no nonsense for an answer', async () => {
    const strange = net.createServer((socket) => socket.end('220 smtp\n')).listen(path);
    await once(strange, 'listening');
    await expect(controlSupervisor(path, 'status')).rejects.toThrow('does not come from a supervisor');
    strange.close();
  });
});

describe('the control socket', () => {
  it('is not taken from a supervisor that is alive', async () => {
    await startSupervisor(programs, { controlPath: path });
    const { supervisor } = makeSupervisor(programs, { controlPath: path });
    await expect(supervisor.start()).rejects.toMatchObject({
      code: 'SUPERVISOR_CONTROL_FAILED',
      message: expect.stringContaining('Another supervisor listens there'),
    });
    expect(await controlSupervisor(path, 'status')).toMatchObject({ state: 'running' });
  });

  it('answers what it does not understand, and goes on', async () => {
    await startSupervisor(programs, { controlPath: path });
    const refused = { ok: false, error: { code: 'SUPERVISOR_REQUEST_INVALID' } };
    expect(await send('nonsense\n')).toMatchObject(refused);
    expect(await send('{"command":"toString"}\n')).toMatchObject(refused);
    expect(await send('{"command":["stop"]}\n')).toMatchObject(refused);
    expect(await send('null\n')).toMatchObject(refused);
    expect(await send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatchObject(refused);
    expect(await send('', true)).toMatchObject({ error: { message: expect.stringContaining('ended without a line') } });
    expect(await send('{"command":"st', true)).toMatchObject(refused);
    expect(await send(new Uint8Array(2000).fill(0xff))).toMatchObject({
      error: { message: expect.stringContaining('longer than 1024 bytes') },
    });
    expect(await send('{"command":"status"}\n{"command":"stop"}\n')).toMatchObject({
      ok: true,
      result: { state: 'running' },
    });
    expect(await controlSupervisor(path, 'status')).toMatchObject({ state: 'running' });
  });

  it('outlives clients that go away, and ends those that send slowly', async () => {
    await startSupervisor(programs, { controlPath: path });
    for (let count = 0; count < 20; count++) {
      const socket = net.connect(path);
      socket.write('{"command":"status"}\n');
      socket.destroy();
    }
    const slow = net.connect(path);
    slow.write('{"command":');
    expect(JSON.parse(await text(slow))).toMatchObject({
      error: { message: expect.stringContaining('no line came within 5000 ms') },
    });
  });

  it('has an ear for the newest, however many are there and say nothing', async () => {
    await startSupervisor(programs, { controlPath: path });
    const crowd = Array.from({ length: 100 }, () => net.connect(path));
    const closed = crowd.map((socket) => once(socket.on('error', () => undefined).resume(), 'close'));
    await Promise.all(crowd.map((socket) => once(socket, 'connect')));
    expect(await controlSupervisor(path, 'status')).toMatchObject({ state: 'running' });
    await Promise.all(closed.slice(0, 68)); // the oldest ones, long before their timeout
    for (const socket of crowd) socket.destroy();
  });

  it('does not displace callers that wait for an answer', async () => {
    const { supervisor } = await startSupervisor(programs, { controlPath: path, workers: 1, readyTimeoutMs: 60_000 });
    await programs.behave('never-ready');
    const waiting = Array.from({ length: 32 }, () => controlSupervisor(path, 'reload').catch((error) => error.code));
    await until(() => supervisor.status().state === 'reloading');
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve)); // all are read
    await expect(controlSupervisor(path, 'status')).rejects.toMatchObject({ code: 'SUPERVISOR_UNREACHABLE' });
    await supervisor.stop({ timeoutMs: 0 });
    for (const answer of await Promise.all(waiting)) expect(answer).toMatch(/SUPERVISOR_(STOPPED|WRONG_STATE)/);
  });
});
