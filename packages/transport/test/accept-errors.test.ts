import net from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleProgram, Child, type Program } from './child-process.ts';

const source = `
import { listen } from './src/index.ts';
const held = new Set();
const listener = await listen({ host: '127.0.0.1', port: 0 }, (connection) => {
  held.add(connection);
  connection.onClosed(() => held.delete(connection));
  connection.attach({ data: (chunk) => connection.write(chunk), end: () => connection.end(), drain() {}, close() {} });
}, { onAcceptError: (error) => console.log('REPORT ' + error.code + ' ' + error.message) });
console.log('PORT ' + listener.address.port);
process.on('SIGUSR2', () => console.log('CPU ' + Math.round(process.cpuUsage().user / 1000) + ' ' + held.size));
`;

let program: Program;
let child: Child | undefined;

beforeAll(async () => {
  program = await bundleProgram(source);
});

afterAll(async () => {
  await child?.stop();
  await program.remove();
});

it.runIf(process.platform === 'linux')(
  'reports that no descriptor is left, does not crash or spin, and goes on when some are free again',
  async () => {
    child = new Child('bash', ['-c', `ulimit -n 64; exec "${process.execPath}" "${program.file}"`]);
    const port = Number(await child.line('PORT'));
    const clients: net.Socket[] = [];
    let refused = 0;
    for (let count = 0; count < 100; count++) {
      const client = net.connect(port, '127.0.0.1');
      client.on('error', () => undefined);
      client.on('close', () => {
        refused += 1;
      });
      clients.push(client);
    }
    expect(await child.line('REPORT')).toMatch(/^TRANSPORT_ACCEPT_FAILED .*limit of 64 open files .*LimitNOFILE/);
    while (refused < 40) await new Promise((resolve) => setImmediate(resolve));
    expect(child.process.exitCode).toBe(null);
    child.process.kill('SIGUSR2');
    expect(Number((await child.line('CPU')).split(' ')[0])).toBeLessThan(2000);
    expect(child.count('REPORT')).toBeLessThan(5);
    for (const client of clients) client.destroy();
    while ((await ask(port)) !== 'still here?');
  },
);

/** The echoed bytes, or null if the connection is closed instead. */
function ask(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const client = net.connect(port, '127.0.0.1');
    client.on('error', () => undefined);
    client.on('close', () => resolve(null));
    client.on('data', (chunk) => {
      resolve(chunk.toString());
      client.destroy();
    });
    client.write('still here?');
  });
}
