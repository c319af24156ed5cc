import { X509Certificate } from 'node:crypto';
import { createMemoryLeases } from '@windhover/leases';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createMemoryCertificates } from '../memory-certificates.ts';
import { createLocalAuthority } from './local-authority.ts';

const signal = new AbortController().signal;

describe('createLocalAuthority()', () => {
  it('issues for 30 days, signed by a root that may sign no other authority', async () => {
    const clock = createManualClock();
    const authority = createLocalAuthority(createMemoryCertificates(), { clock });
    const root = new X509Certificate(await authority.root());
    const leaf = new X509Certificate((await authority.issue(['app.test'], signal, null)).cert);
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect([leaf.checkIssued(root), root.ca, leaf.ca]).toEqual([true, true, false]);
    expect(leaf.subjectAltName).toBe('DNS:app.test');
    expect(Date.parse(leaf.validTo) - clock.now()).toBe(30 * 86_400_000);
  });

  it('issues for all names of this machine together', async () => {
    const authority = createLocalAuthority(createMemoryCertificates());
    const leaf = new X509Certificate((await authority.issue(['127.0.0.1'], signal, null)).cert);
    expect(leaf.subjectAltName).toBe('IP Address:127.0.0.1, DNS:localhost, IP Address:0:0:0:0:0:0:0:1');
  });

  it('is made once, whoever needs it at the same time', async () => {
    const store = createMemoryCertificates();
    const leases = createMemoryLeases();
    const authorities = [1, 2, 3].map(() => createLocalAuthority(store, { leases }));
    const roots = await Promise.all(authorities.flatMap((each) => [each.root(), each.root()]));
    expect(new Set(roots).size).toBe(1);
    expect(await store.get('local/root.crt')).toBe(roots[0]);
  });
});
