import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaseStoreRules } from '@windhover/leases/testing';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { certificateStoreRules } from './certificate-store-rules.ts';
import { createFileCertificates } from './file-certificates.ts';
import { createFileLeases } from './file-leases.ts';
import { createMemoryCertificates } from './memory-certificates.ts';

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-certificates-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('createMemoryCertificates()', () => {
  for (const rule of certificateStoreRules)
    it(rule.name, () =>
      rule.run(async () => {
        const store = createMemoryCertificates();
        return { store, other: store };
      }),
    );
});

describe('createFileCertificates()', () => {
  for (const rule of certificateStoreRules)
    it(rule.name, () =>
      rule.run(async () => {
        const folder = await openFolder();
        return { store: createFileCertificates(folder), other: createFileCertificates(folder) };
      }),
    );

  it('lets nobody else read, and leaves no temporary file', async () => {
    const folder = await openFolder();
    const store = createFileCertificates(join(folder, 'deep', 'below'));
    await store.set('certificates/*.example.com.pem', 'secret');
    const at = join(folder, 'deep', 'below', 'certificates');
    expect(await readdir(at)).toEqual(['%2A.example.com.pem']);
    const modes = [join(folder, 'deep'), at, join(at, '%2A.example.com.pem')].map(
      async (path) => (await stat(path)).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o700, 0o700, 0o600]);
  });

  it('never leaves its folder', async () => {
    const folder = await openFolder();
    const store = createFileCertificates(join(folder, 'inner'));
    await store.set('../outside', 'x');
    await store.set('a\\..\\..\\b', 'y');
    expect(await readdir(folder)).toEqual(['inner']);
    expect(await store.get('../outside')).toBe('x');
  });
});

describe('createFileLeases()', () => {
  for (const rule of leaseStoreRules)
    it(rule.name, () =>
      rule.run(async () => {
        const clock = createManualClock();
        return { store: createFileLeases(await openFolder(), clock), pass: async (ms) => clock.advance(ms) };
      }),
    );

  it('gives a lease that is over to one of all processes that want it', async () => {
    const clock = createManualClock();
    const folder = await openFolder();
    const stores = Array.from({ length: 20 }, () => createFileLeases(folder, clock));
    for (let round = 0; round < 10; round++) {
      const given = await Promise.all(stores.map((store, index) => store.acquire('job', `${index}`, 1000)));
      expect(given.filter((lease) => lease !== null)).toHaveLength(1);
      clock.advance(1001);
    }
  });
});
