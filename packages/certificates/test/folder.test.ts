import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { FolderCertificates } from '../src/index.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined };

async function openFolder(password?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'windhover-folder-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const clock = createManualClock();
  const errors: string[] = [];
  const faults: unknown[] = [];
  const log = {
    ...quiet,
    error(message: string, details: unknown) {
      errors.push(message);
      faults.push(details);
    },
  };
  const certificates = new FolderCertificates(folder, { clock, log, ...(password === undefined ? {} : { password }) });
  return { folder, clock, errors, faults, certificates };
}

/** Makes `NAME.pfx`, and returns its path. */
async function makePfx(folder: string, name: string, password: string): Promise<string> {
  const { certFile, keyFile } = await makeCertificate(folder, { name });
  const out = join(folder, `${name}.pfx`);
  const options = ['-in', certFile, '-inkey', keyFile, '-passout', `pass:${password}`, '-out', out];
  await promisify(execFile)('openssl', ['pkcs12', '-export', ...options]);
  return out;
}

describe.runIf(hasOpenssl)('FolderCertificates', () => {
  it('finds a file by name, with its key inside or beside it, then the wildcard of the domain', async () => {
    const { folder, certificates } = await openFolder();
    const own = await makeCertificate(folder, { name: 'a.example.com' });
    await copyFile(own.certFile, join(folder, 'a.example.com.pem'));
    const wildcard = await makeCertificate(folder, { name: '*.example.com' });
    const both = `${await readFile(wildcard.keyFile, 'utf8')}${await readFile(wildcard.certFile, 'utf8')}`;
    await writeFile(join(folder, '_.example.com.pem'), both);
    const a = (await certificates.find('a.example.com')) as { cert: string; key: string };
    expect(createSecureContext(a)).toBeTruthy();
    const b = await certificates.find('b.example.com');
    expect(b).not.toBeNull();
    expect(b).not.toEqual(a);
    expect(await certificates.find('example.com')).toBeNull();
    expect(await certificates.find('c.b.example.com')).toBeNull();
    expect((await certificates.list()).map(({ name, fault }) => [name, fault])).toEqual([
      ['*.example.com', null],
      ['a.example.com', null],
    ]);
  });

  it('tells of each certificate that is shown, when it is read', async () => {
    const { folder } = await openFolder();
    const own = await makeCertificate(folder, { name: 'a.example.com', days: 3 });
    await copyFile(own.certFile, join(folder, '_.example.com.pem'));
    await copyFile(own.keyFile, join(folder, '_.example.com.key'));
    const pfx = ['-inkey', own.keyFile, '-in', own.certFile, '-passout', 'pass:', '-out', join(folder, 'b.test.pfx')];
    await promisify(execFile)('openssl', ['pkcs12', '-export', ...pfx]);
    const told: [string, number][] = [];
    const certificates = new FolderCertificates(folder, {
      onCertificate: (name, { validTo }) => told.push([name, validTo]),
    });
    expect(told).toEqual([]);
    for (const name of ['x.example.com', 'x.example.com', 'b.test', 'none.test']) await certificates.find(name);
    const ends = expect.closeTo(Date.now() + 3 * 86_400_000, -6);
    expect(told).toEqual([
      ['*.example.com', ends],
      ['b.test', ends],
    ]);
  });

  it('opens PKCS #12 with the password of the folder', async () => {
    const { folder, certificates } = await openFolder('secret');
    await makePfx(folder, 'a.example.com', 'secret');
    const found = await certificates.find('a.example.com');
    expect(found).toMatchObject({ passphrase: 'secret' });
    const { pfx, passphrase } = found as { pfx: Buffer; passphrase: string };
    expect(createSecureContext({ pfx, passphrase })).toBeTruthy();
    expect((await certificates.list())[0]).toMatchObject({ name: 'a.example.com', fault: null });
    const wrong = new FolderCertificates(folder, { password: 'wrong', log: { ...quiet, error: () => undefined } });
    expect((await wrong.list())[0]!.fault).not.toBeNull();
  });

  it('looks again after a while, and keeps the same object as long as the files are the same', async () => {
    const { folder, certificates, clock, errors } = await openFolder();
    expect(await certificates.find('a.example.com')).toBeNull();
    const { certFile } = await makeCertificate(folder, { name: 'a.example.com' });
    const file = join(folder, 'a.example.com.pem');
    await copyFile(certFile, file);
    expect(await certificates.find('a.example.com')).toBeNull(); // remembered
    clock.advance(10_001);
    const first = await certificates.find('a.example.com');
    expect(first).not.toBeNull();
    clock.advance(10_001);
    expect(await certificates.find('a.example.com')).toBe(first);
    await writeFile(file, 'half written');
    clock.advance(10_001);
    expect(await certificates.find('a.example.com')).toBe(first); // it works
    expect(errors).toEqual(['A certificate of the folder cannot be used']);
    await makeCertificate(folder, { name: 'a.example.com' });
    await copyFile(certFile, file);
    await utimes(file, 1, 1);
    clock.advance(10_001);
    const second = await certificates.find('a.example.com');
    expect(second).not.toBe(first);
    expect(second).not.toBeNull();
  });

  it.each([
    [
      'half copied',
      (whole: Buffer) => whole.subarray(0, 300),
      /cannot be read as PKCS #12 \(.*: copy or export it again$/,
    ],
    ['junk', () => Buffer.from('half written'), /cannot be read as PKCS #12/],
    ['empty', () => Buffer.alloc(0), /cannot be read as PKCS #12/],
  ])('keeps the certificate of a .pfx that is %s later, and tells why', async (_, spoil, fault) => {
    const { folder, certificates, clock, errors, faults } = await openFolder('secret');
    const file = await makePfx(folder, 'a.example.com', 'secret');
    const first = await certificates.find('a.example.com');
    expect(first).toMatchObject({ passphrase: 'secret' });
    const whole = await readFile(file);
    await writeFile(file, spoil(whole));
    clock.advance(10_001);
    expect(await certificates.find('a.example.com')).toBe(first);
    expect(errors).toEqual(['A certificate of the folder cannot be used']);
    expect(faults).toEqual([
      { name: 'a.example.com', file, error: expect.objectContaining({ message: expect.stringMatching(fault) }) },
    ]);
    await writeFile(file, whole);
    clock.advance(10_001);
    expect(await certificates.find('a.example.com')).toEqual(first);
    expect(errors).toHaveLength(1);
  });

  it.each(['wrong', undefined])(
    'shows no .pfx that the password %s does not open, and says where to give it',
    async (password) => {
      const { folder, certificates, faults } = await openFolder(password);
      await makePfx(folder, 'a.example.com', 'secret');
      expect(await certificates.find('a.example.com')).toBeNull();
      const message = expect.stringMatching(/the password does not open it.*`folder: \{ password \}`$/);
      expect(faults).toMatchObject([{ name: 'a.example.com', error: { message } }]);
      expect(await certificates.list()).toMatchObject([{ name: 'a.example.com', validTo: null, fault: message }]);
    },
  );

  it('lists what is wrong with the key of a certificate', async () => {
    const { folder, certificates } = await openFolder();
    const [one, two] = [await makeCertificate(folder, { name: 'one' }), await makeCertificate(folder, { name: 'two' })];
    for (const name of ['fine', 'foreign', 'keyless', 'swapped'])
      await copyFile(name === 'swapped' ? one.keyFile : one.certFile, join(folder, `${name}.test.pem`));
    await copyFile(one.keyFile, join(folder, 'fine.test.key'));
    await copyFile(two.keyFile, join(folder, 'foreign.test.key'));
    await copyFile(one.certFile, join(folder, 'swapped.test.key'));
    const all = (await certificates.list()).filter(({ name }) => name.endsWith('.test'));
    expect(all.map(({ name, validTo, fault }) => [name, validTo !== null, fault])).toEqual([
      ['fine.test', true, null],
      ['foreign.test', false, expect.stringMatching(/the key is not that of the first certificate$/)],
      ['keyless.test', false, expect.stringMatching(/found no key$/)],
      ['swapped.test', false, expect.stringMatching(/found no certificate$/)],
    ]);
  });

  it('shows a certificate though nobody could be told of it', async () => {
    const { folder } = await openFolder();
    await makePfx(folder, 'a.example.com', '');
    const errors: string[] = [];
    const certificates = new FolderCertificates(folder, {
      onCertificate: () => {
        throw new Error('no metrics');
      },
      log: { ...quiet, error: (message) => void errors.push(message) },
    });
    expect(await certificates.find('a.example.com')).not.toBeNull();
    expect(errors).toEqual(['`onCertificate` has failed']);
  });

  it('refuses a folder that does not exist, and a file', async () => {
    const { folder } = await openFolder();
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const wrong of [join(folder, 'none'), file, join(file, 'below')])
      expect(() => new FolderCertificates(wrong)).toThrow(
        expect.objectContaining({
          code: 'CERTIFICATES_OPTION_INVALID',
          message: expect.stringContaining(`folder: expected a folder that exists, found ${JSON.stringify(wrong)}`),
        }),
      );
  });

  it('answers from memory at once, and remembers no more names than it may', async () => {
    const { folder } = await openFolder();
    const certificates = new FolderCertificates(folder, { maxNames: 2, clock: createManualClock() });
    for (const name of ['a.example.com', 'b.example.com', 'c.example.com']) await certificates.find(name);
    expect(certificates.find('c.example.com')).toBeNull();
    expect(certificates.find('a.example.com')).toBeInstanceOf(Promise);
  });
});
