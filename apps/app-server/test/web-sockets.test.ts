import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startApp } from './app-process.ts';

async function talk(port: number): Promise<string> {
  const client = new WebSocket(`ws://127.0.0.1:${port}/`);
  onTestFinished(() => client.terminate());
  await once(client, 'open');
  const answer = once(client, 'message');
  client.send('hi');
  return String((await answer)[0]);
}

describe('WebSockets of an application', () => {
  it.each([0, 2])('work with the server that ws was given, with %i workers', async (workers) => {
    const args = workers === 0 ? [] : ['--workers', String(workers)];
    const app = await startApp('web-sockets.mjs', '--host', '127.0.0.1', ...args);
    expect(await talk(app.port)).toBe('heard hi');
    expect(await (await fetch(`http://127.0.0.1:${app.port}/`)).text()).toBe('page');
    const client = new WebSocket(`ws://127.0.0.1:${app.port}/`);
    await once(client, 'open');
    const closed = once(client, 'close');
    app.child.kill('SIGTERM');
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, String(reason)]).toEqual([1001, 'going away']);
    expect(await app.exited).toBe(0);
  });

  it('are told of in the log when an application is exported without its server', async () => {
    const app = await startApp('express.mjs', '--host', '127.0.0.1');
    const client = new WebSocket(`ws://127.0.0.1:${app.port}/`);
    await expect(once(client, 'open')).rejects.toThrow();
    await app.says('export default { server }');
  });
});
