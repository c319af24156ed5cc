import { once } from 'node:events';
import net from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { curl, startServer, startUpstream, temporaryFolder } from './front-server-fixtures.ts';

it('a stream goes on by the configuration that it began with, and is cut when its time is over', async () => {
  const upstream = await startUpstream((_request, response) => {
    response.write('begun\n');
  });
  const folder = await temporaryFolder();
  const sites = `sites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }, { path: /new, respond: new }] } }`;
  const started = await startServer(`oldStreams: 1s\n${sites}`, folder);
  const { port } = started.server.listeners[0]!;
  const socket = net.connect(port!, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  socket.on('error', () => undefined); // it is cut: no client may take it for whole
  await once(socket, 'data');
  const text = `listen: 127.0.0.1:0\noldStreams: 1s\n${sites.replace('respond: new', 'respond: newer')}`;
  expect(await started.server.reload({ config: { file: join(folder, 'windhover.yaml'), text } })).toMatchObject({
    ok: true,
  });
  expect((await curl(`http://127.0.0.1:${port}/new`)).body).toBe('newer');
  expect(socket.destroyed).toBe(false);
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
});
