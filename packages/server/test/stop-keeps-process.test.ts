import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

/** A tunnel that nobody reads does not keep a process alive: only the stop itself does. */
const program = `
  import { createServer } from '@windhover/server';
  const server = createServer(({ response }) => {
    response.status = 101;
    response.upgrade = () => undefined;
  });
  const listener = await server.listen({ host: '127.0.0.1', port: 0 });
  process.once('SIGTERM', async () => {
    await server.close({ tunnelTimeoutMs: 300 });
    console.log('closed');
  });
  process.stderr.write(String(listener.address.port));
`;

it('keeps the process alive until the last connection is closed', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { cwd: import.meta.dirname });
  try {
    const said = text(child.stdout);
    const [port] = await once(child.stderr, 'data');
    const client = net.connect(Number(String(port)), '127.0.0.1').on('error', () => undefined);
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
    await once(client, 'data');
    child.kill('SIGTERM');
    expect(await said).toBe('closed\n');
  } finally {
    child.kill('SIGKILL');
  }
});
