import { describe, expect, it } from 'vitest';
import { TransportError } from './errors.ts';
import { handshakeError } from './handshake-error.ts';
import { logRefusedCertificates } from './log-refused-certificates.ts';

const client = { remoteAddress: '192.0.2.1' };
const refused = (reason: string): TransportError => new TransportError('TRANSPORT_TLS_CLIENT_REFUSED', reason);

function start() {
  let time = 0;
  const clock = { now: () => time };
  const lines: unknown[] = [];
  const log = logRefusedCertificates({ info: (_message, facts) => lines.push(facts), debug: () => undefined }, clock);
  const advance = (milliseconds: number): void => {
    time += milliseconds;
  };
  return { advance, lines, log };
}

describe('logRefusedCertificates()', () => {
  it('logs a refused certificate once a minute for each reason, with the number of refusals since', () => {
    const { advance, lines, log } = start();
    for (let count = 0; count < 5; count++) log(refused('expired'), client);
    log(refused('foreign'), client);
    advance(60_000);
    log(refused('expired'), client);
    const code = 'TRANSPORT_TLS_CLIENT_REFUSED';
    expect(lines).toEqual([
      { client: '192.0.2.1', code, reason: 'expired', refused: 1 },
      { client: '192.0.2.1', code, reason: 'foreign', refused: 1 },
      { client: '192.0.2.1', code, reason: 'expired', refused: 5 },
    ]);
  });

  it('logs a client that does not speak TLS once a minute: it may be a proxy that sends PROXY headers', () => {
    const { advance, lines, log } = start();
    const failed = handshakeError(Object.assign(new Error(), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }));
    for (let count = 0; count < 3; count++) log(failed, client);
    advance(60_000);
    log(failed, client);
    expect(lines).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('see `proxyProtocol`'), refused: 1 }),
      expect.objectContaining({ refused: 3 }),
    ]);
  });

  it('does not log other failed handshakes at info, and is not flooded by reasons that differ', () => {
    const { lines, log } = start();
    log(new TransportError('TRANSPORT_TLS_HANDSHAKE_FAILED', 'the client went away'), client);
    expect(lines).toEqual([]);
    for (let count = 0; count < 1000; count++) log(refused(`reason ${count}`), client);
    expect(lines).toHaveLength(51);
  });
});
