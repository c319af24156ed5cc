import { X509Certificate } from 'node:crypto';
import { createMemoryLeases } from '@windhover/leases';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { CertificateIssuer } from './certificate-issuer.ts';
import { type CertificateManagerOptions, createCertificateManager } from './certificate-manager.ts';
import type { CertificateStore } from './certificate-store.ts';
import { certificateError } from './errors.ts';
import { createLocalAuthority } from './local/local-authority.ts';
import { createMemoryCertificates } from './memory-certificates.ts';
import type { KeyedCertificate } from './stored-certificate.ts';

const day = 86_400_000;
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A manager whose issuer gives certificates of 30 days, or fails while `failure` is set. */
function managed(more: Partial<CertificateManagerOptions> = {}, store: CertificateStore = createMemoryCertificates()) {
  const clock = createManualClock();
  const authority = createLocalAuthority(createMemoryCertificates(), { clock });
  const orders: string[] = [];
  const state: { failure: Error | null } = { failure: null };
  const issuer: CertificateIssuer = {
    name: 'ca.example',
    refusal: (name) => (name === 'never.example.com' ? 'not this one' : null),
    async issue(names, signal, replaces) {
      orders.push(names.join());
      if (state.failure !== null) throw state.failure;
      return authority.issue(names, signal, replaces);
    },
  };
  const warnings: string[] = [];
  const log = {
    ...quiet,
    warn: (message: string) => void warnings.push(message),
    error: (message: string) => void warnings.push(message),
  };
  const leases = createMemoryLeases({ clock });
  const manager = createCertificateManager({ store, leases, issuers: [issuer], clock, log, random: () => 0, ...more });
  const found = async (name = 'a.example.com') => (await manager.find(name)) as KeyedCertificate | null;
  const serial = async () => {
    const certificate = await found();
    return certificate === null ? null : new X509Certificate(certificate.cert).serialNumber;
  };
  return { manager, clock, orders, state, store, warnings, found, serial };
}

describe('createCertificateManager()', () => {
  it('orders what is missing, and nothing else, until it is due', async () => {
    const { manager, clock, orders, serial } = managed();
    manager.manage(['a.example.com']);
    await expect.poll(serial).not.toBeNull();
    for (let passed = 0; passed < 19; passed++) clock.advance(day);
    expect(orders).toEqual(['a.example.com']);
    const first = await serial();
    await expect
      .poll(() => {
        clock.advance(day / 2);
        return serial();
      })
      .not.toBe(first);
    await manager.close();
  });

  it('keeps the certificate that works while renewals fail, an expired one too', async () => {
    const { manager, clock, orders, state, serial, warnings } = managed();
    manager.manage(['a.example.com']);
    await expect.poll(serial).not.toBeNull();
    const first = await serial();
    state.failure = certificateError('CERTIFICATES_ACME_UNREACHABLE', 'down');
    for (let passed = 0; passed < 40; passed++) {
      clock.advance(day);
      await expect.poll(serial).toBe(first);
    }
    await expect.poll(() => warnings).toContain('A certificate has expired');
    expect(warnings).toContain('A certificate could not be ordered');
    expect(orders.length).toBeGreaterThan(2);
    state.failure = null;
    await expect
      .poll(() => {
        clock.advance(day);
        return serial();
      })
      .not.toBe(first);
    await manager.close();
  });

  it('waits longer after each failure', async () => {
    const { manager, clock, orders, state } = managed();
    state.failure = certificateError('CERTIFICATES_ACME_CHALLENGE_FAILED', 'not seen');
    manager.manage(['a.example.com']);
    await expect.poll(() => orders.length).toBe(1);
    const turns = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 60_000) {
        clock.advance(60_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await turns(4 * 60_000);
    expect(orders).toHaveLength(1);
    await turns(2 * 60_000);
    await expect.poll(() => orders.length).toBe(2);
    await turns(8 * 60_000);
    expect(orders).toHaveLength(2);
    await manager.close();
  });

  it('orders for names that somebody has named although strangers ask for others', async () => {
    const orders: string[] = [];
    const held: (() => void)[] = [];
    let isOver = false;
    const issuer: CertificateIssuer = {
      name: 'ca.example',
      refusal: () => null,
      async issue(names) {
        orders.push(names.join());
        if (!isOver) await new Promise<void>((resolve) => held.push(resolve));
        throw certificateError('CERTIFICATES_ACME_UNREACHABLE', 'down');
      },
    };
    const { manager } = managed({ issuers: [issuer], permit: async () => true });
    for (let count = 0; count < 50; count++) void manager.demand(`stranger-${count}.example.com`);
    await expect.poll(() => orders.length).toBe(2);
    manager.manage(['shop.example.com']);
    await expect.poll(() => orders).toContain('shop.example.com');
    isOver = true;
    for (const release of held) release();
    await manager.close();
  });

  it('never orders what nobody can issue, and says so', async () => {
    const { manager, orders, warnings } = managed();
    manager.manage(['never.example.com']);
    await expect.poll(() => warnings).toEqual(['Nobody can issue a certificate']);
    expect(orders).toEqual([]);
    await manager.close();
  });

  it('goes on with what is in memory while the store fails', async () => {
    let isDown = false;
    const memory = createMemoryCertificates();
    const check = <T>(run: () => Promise<T>): Promise<T> => (isDown ? Promise.reject(new Error('down')) : run());
    const store: CertificateStore = {
      get: (name) => check(() => memory.get(name)),
      set: (name, text) => check(() => memory.set(name, text)),
      delete: (name) => check(() => memory.delete(name)),
    };
    const { manager, clock, serial } = managed({}, store);
    manager.manage(['a.example.com']);
    await expect.poll(serial).not.toBeNull();
    const first = await serial();
    isDown = true;
    clock.advance(day);
    expect(await serial()).toBe(first);
    await manager.close();
  });

  it('refuses a text in the store that is no certificate, and orders a new one', async () => {
    const store = createMemoryCertificates();
    await store.set('certificates/a.example.com.pem', 'nonsense');
    const { manager, serial, warnings } = managed({}, store);
    manager.manage(['a.example.com']);
    await expect.poll(serial).not.toBeNull();
    expect(warnings).toContain('A certificate in the store cannot be used');
    await manager.close();
  });

  it('refuses a certificate for another name, and keeps the old one', async () => {
    const clock = createManualClock();
    const authority = createLocalAuthority(createMemoryCertificates(), { clock });
    const issuer: CertificateIssuer = {
      name: 'wrong',
      refusal: () => null,
      issue: (_, signal) => authority.issue(['b.example.com'], signal, null),
    };
    const { manager, warnings, found } = managed({ issuers: [issuer] });
    manager.manage(['a.example.com']);
    await expect.poll(() => warnings).toContain('A certificate could not be ordered');
    expect(await found()).toBeNull();
    await manager.close();
  });

  it('orders for strangers only with permission, and asks once', async () => {
    const asked: string[] = [];
    const permit = async (name: string): Promise<boolean> => {
      asked.push(name);
      return name === 'good.example.com';
    };
    const { manager, orders } = managed({ permit });
    expect(await manager.demand('bad.example.com')).toBeNull();
    expect(await manager.demand('bad.example.com')).toBeNull();
    const all = await Promise.all([1, 2, 3].map(() => manager.demand('good.example.com')));
    expect(all.every((found) => found !== null)).toBe(true);
    expect([asked, orders]).toEqual([['bad.example.com', 'good.example.com'], ['good.example.com']]);
    await manager.close();
  });

  it('orders for no stranger without a permission to ask for', async () => {
    const { manager, orders } = managed();
    expect(await manager.demand('x.example.com')).toBeNull();
    expect(orders).toEqual([]);
    await manager.close();
  });

  it('keeps at most so many certificates in memory, and reads the others again', async () => {
    const { manager, store } = managed({ maxLoaded: 2 });
    let reads = 0;
    const { get } = store;
    store.get = (name) => {
      if (name.startsWith('certificates/')) reads += 1;
      return get(name);
    };
    const names = ['a', 'b', 'c'].map((name) => `${name}.example.com`);
    manager.manage(names);
    for (const name of names) await expect.poll(() => manager.find(name)).not.toBeNull();
    const before = reads;
    for (const name of names) expect(await manager.find(name)).not.toBeNull();
    expect(reads).toBeGreaterThan(before);
    await manager.close();
  });

  it('leaves no timer behind', async () => {
    const { manager, clock, serial } = managed();
    manager.manage(['a.example.com']);
    await expect.poll(serial).not.toBeNull();
    await manager.close();
    expect(clock.pending).toBe(0);
  });

  it('refuses options that do not exist', () => {
    expect(() => createCertificateManager({ stor: 1 } as never)).toThrow(
      expect.objectContaining({ code: 'CERTIFICATES_OPTION_INVALID' }),
    );
  });
});
