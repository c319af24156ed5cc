import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeOcspAuthority } from '../../../../scripts/lib/ocsp-authority.ts';
import { hasPeer } from '../../../../scripts/lib/peer.ts';
import { lazyStapler } from './lazy-stapler.ts';

describe.skipIf(!hasPeer('openssl'))('lazyStapler()', () => {
  it('tells of a chain that cannot be read: it must not end the process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lazy-stapler-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { certFile } = await (await makeOcspAuthority(folder)).issue('a.example', 'http://127.0.0.1:1/');
    const told: string[] = [];
    const tell = (message: string): void => void told.push(message);
    const log = { debug: () => undefined, info: tell, warn: tell, error: tell };
    const staple = lazyStapler(log).staple([await readFile(certFile), 'no certificate']);
    await expect.poll(() => told).toEqual(['OCSP answers cannot be asked for']);
    expect(staple!.current()).toBeNull();
  });
});
