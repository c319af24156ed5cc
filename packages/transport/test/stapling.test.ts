import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasOpenssl } from '../../../scripts/lib/make-certificate.ts';
import { onConsumerError, type Staple, type Stapler } from '../src/index.ts';
import { canStaple } from '../src/lib/node-internals.ts';
import { type Address, exact, main, serve, setUpTls, wildcard, works } from './tls-fixture.ts';

setUpTls();

type Version = 'TLSv1.2' | 'TLSv1.3';

/** The answer that a client gets; `null`: none. Node does not look into it. */
async function stapled(
  address: Address,
  options: tls.ConnectionOptions & { readonly requestOCSP?: boolean },
): Promise<string | null> {
  const wanted = { ...address, rejectUnauthorized: false, requestOCSP: true, ...options };
  const socket = tls.connect(wanted as tls.ConnectionOptions);
  let answer: string | null = null;
  socket.on('OCSPResponse', (response: Buffer | null) => (answer = response?.toString() ?? null));
  await once(socket, 'secureConnect');
  socket.destroy();
  return answer;
}

/** A stapler that answers with the name of the certificate. */
function staplerOf(chains: (readonly (Uint8Array | string)[])[] = []): Stapler {
  return {
    staple(chain): Staple {
      chains.push(chain);
      const [leaf] = chain;
      const pem =
        typeof leaf === 'string' ? Buffer.from(leaf.replace(/-----[^-]+-----|\s/g, ''), 'base64') : Buffer.from(leaf!);
      const name = ['main.example', 'exact.example.org', '*.example.org'].find((each) => pem.includes(each));
      return { current: () => Buffer.from(`answer for ${name}`) };
    },
  };
}

it('this Node can staple', () => {
  expect(canStaple()).toBe(true);
});

describe.runIf(hasOpenssl).each<Version>(['TLSv1.2', 'TLSv1.3'])('an answer of a responder, over %s', (maxVersion) => {
  it('is sent with the certificate that the client gets, if it asks', async () => {
    const { address } = await serve({ stapler: staplerOf(), serverNames: { 'exact.example.org': exact } });
    expect(await stapled(address, { maxVersion })).toBe('answer for main.example');
    expect(await stapled(address, { maxVersion, servername: 'other.example' })).toBe('answer for main.example');
    expect(await stapled(address, { maxVersion, servername: 'exact.example.org' })).toBe(
      'answer for exact.example.org',
    );
    expect(await stapled(address, { maxVersion, servername: 'exact.example.org', requestOCSP: false })).toBeNull();
  });

  it('is sent with certificates that a finder finds', async () => {
    const chains: (readonly (Uint8Array | string)[])[] = [];
    const pair = { cert: await readFile(wildcard.certFile, 'latin1'), key: await readFile(wildcard.keyFile, 'latin1') };
    const finder = { find: async () => pair };
    const { address } = await serve({ stapler: staplerOf(chains), serverNames: { '*.example.org': finder } });
    expect(await stapled(address, { maxVersion, servername: 'a.example.org' })).toBe('answer for *.example.org');
    expect(await stapled(address, { maxVersion, servername: 'b.example.org' })).toBe('answer for *.example.org');
    expect(chains).toHaveLength(2); // that of the default certificate, and this one once
  });

  it('does not keep a handshake from succeeding when the stapler fails, or has none', async () => {
    const errors: unknown[] = [];
    const before = onConsumerError((error) => errors.push(error));
    onTestFinished(() => void onConsumerError(before));
    const fail = (): never => {
      throw new Error('no answer');
    };
    const first = await readFile(main.certFile, 'latin1');
    const { address } = await serve({
      stapler: { staple: ([leaf]) => (String(leaf).trim() === first.trim() ? { current: fail } : fail()) },
      serverNames: { 'exact.example.org': exact },
    });
    const other = await serve({ stapler: { staple: () => ({ current: () => null }) } });
    expect(await stapled(address, { maxVersion })).toBeNull();
    expect(await stapled(address, { maxVersion, servername: 'exact.example.org' })).toBeNull();
    expect(await stapled(other.address, { maxVersion })).toBeNull();
    expect(errors.length).toBeGreaterThan(0);
    await works(address);
  });
});
