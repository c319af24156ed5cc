import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import { createTicketKeys, sharedTicketKeys, ticketKeysOf } from '../src/index.ts';
import { type Address, failures, serve, setUpTls, wildcard } from './tls-fixture.ts';

setUpTls();

type Version = 'TLSv1.2' | 'TLSv1.3';

/** Shakes hands, with a session if there is one, and waits for the ticket. */
async function visit(
  { host, port }: Address,
  maxVersion: Version,
  session?: Buffer,
  servername = 'main.example',
): Promise<{ isResumed: boolean; session: Buffer }> {
  const options = { host, port, servername, maxVersion, rejectUnauthorized: false };
  const socket = tls.connect(session === undefined ? options : { ...options, session });
  let ticket: Buffer | undefined;
  socket.on('session', (latest: Buffer) => (ticket = latest));
  await once(socket, 'secureConnect');
  socket.write('x');
  await once(socket, 'data'); // the tickets of TLS 1.3 come with the first bytes
  const isResumed = socket.isSessionReused();
  const last = ticket ?? socket.getSession();
  socket.destroy();
  return { isResumed, session: last! };
}

describe.runIf(hasOpenssl).each<Version>(['TLSv1.2', 'TLSv1.3'])('sessions of %s', (version) => {
  it('are resumed on other listeners of the process, after a reload, and for other names', async () => {
    const one = await serve();
    const other = await serve({ serverNames: { '*.example.org': wildcard } });
    const { session } = await visit(one.address, version);
    expect((await visit(one.address, version, session)).isResumed).toBe(true);
    expect((await visit(other.address, version, session)).isResumed).toBe(true);
    await one.secure.reload();
    expect((await visit(one.address, version, session)).isResumed).toBe(true);
  });

  it('are resumed where the keys are the same, and nowhere else', async () => {
    const keys = createTicketKeys(Date.now());
    const one = await serve({ ticketKeys: keys });
    const other = await serve({ ticketKeys: ticketKeysOf(keys.stateAt(Date.now())) });
    const foreign = await serve({ ticketKeys: sharedTicketKeys(Buffer.alloc(32, 1)) });
    const { session } = await visit(one.address, version);
    expect((await visit(other.address, version, session)).isResumed).toBe(true);
    expect((await visit(foreign.address, version, session)).isResumed).toBe(false);
  });

  it('need a full handshake when the key has changed, which works', async () => {
    let now = Date.now();
    const clock = { now: () => now, schedule: () => () => undefined };
    const { address } = await serve({ ticketKeys: createTicketKeys(now), clock });
    const { session } = await visit(address, version);
    now += 13 * 3_600_000;
    const again = await visit(address, version, session);
    expect(again.isResumed).toBe(false);
    expect((await visit(address, version, again.session)).isResumed).toBe(true);
  });
});

describe.runIf(hasOpenssl)('handshakes', () => {
  it('above the cap are reset at once, and the next ones succeed when there is room', async () => {
    const { address } = await serve({ maxHandshakes: 2 });
    const idle = [net.connect(address.port, address.host), net.connect(address.port, address.host)];
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    const third = net.connect(address.port, address.host).on('error', () => undefined);
    await new Promise((resolve) => third.once('close', resolve));
    await expect.poll(() => failures.map(({ error }) => error.code)).toEqual(['TRANSPORT_TLS_TOO_MANY']);
    for (const socket of idle) socket.destroy();
    await expect.poll(() => failures.length).toBe(3);
    expect((await visit(address, 'TLSv1.3')).isResumed).toBe(false);
  });

  it('tell their keys only where that is asked for', async () => {
    const lines: string[] = [];
    const { address } = await serve({ onKeyLog: (line) => void lines.push(line.toString()) });
    await visit(address, 'TLSv1.3');
    expect(lines.join('')).toMatch(/^SERVER_HANDSHAKE_TRAFFIC_SECRET [0-9a-f]{64} /m);
  });
});
