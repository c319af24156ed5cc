import { runHandler } from '@windhover/testing';
import { expect, it } from 'vitest';
import { tellOfWebSockets } from './tell-of-web-sockets.ts';

it('tells once of a client that asks for a WebSocket, and only then', async () => {
  const lines: string[] = [];
  const silent = (): void => undefined;
  const log = { debug: silent, info: silent, warn: (text: string) => void lines.push(text), error: silent };
  const handler = tellOfWebSockets(({ response }) => {
    response.status = 404;
  }, log);
  await runHandler(handler);
  expect(lines).toEqual([]);
  for (const path of ['/a', '/b'])
    expect((await runHandler(handler, { url: path, upgrade: 'WebSocket' })).status).toBe(404);
  expect(lines).toEqual([expect.stringContaining('export default { server }')]);
});
