import { execFileSync } from 'node:child_process';
import { appendFile, chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl, makeCertificate } from '../../../scripts/lib/make-certificate.ts';
import { type CertificateFiles, createTls, TransportError } from '../src/index.ts';

let folder = '';
let one: CertificateFiles;
let two: CertificateFiles;

beforeAll(async () => {
  if (!hasOpenssl) return;
  folder = await mkdtemp(join(tmpdir(), 'certificates-'));
  one = await makeCertificate(folder, { name: 'one.example' });
  two = await makeCertificate(folder, { name: 'two.example' });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function refusal(certificate: CertificateFiles, options: object = {}): Promise<TransportError> {
  const error = await createTls({ certificate, ...options }).then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!TransportError.is(error)) throw new Error('not refused', { cause: error });
  return error;
}

/** The user without rights, on every Unix. */
const nobody = 65_534;

async function file(name: string, text: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

describe.runIf(hasOpenssl)('createTls() refuses, naming the file and what to do,', () => {
  it('a file that is missing, or a folder', async () => {
    const missing = join(folder, 'none.crt');
    expect(await refusal({ ...one, certFile: missing })).toMatchObject({
      code: 'TRANSPORT_TLS_FILE',
      message: expect.stringContaining(`${missing}. There is no such file`),
    });
    expect(await refusal({ ...one, keyFile: folder })).toMatchObject({
      code: 'TRANSPORT_TLS_FILE',
      message: expect.stringContaining('name the PEM file in it'),
    });
  });

  it.runIf(process.platform !== 'win32')('a pipe, without waiting for somebody to write', async () => {
    const pipe = join(folder, 'pipe.key');
    execFileSync('mkfifo', [pipe]);
    expect(await refusal({ ...one, keyFile: pipe })).toMatchObject({
      code: 'TRANSPORT_TLS_FILE',
      message: expect.stringContaining(`${pipe}. It is a pipe`),
    });
  });

  it.runIf(process.platform !== 'win32')('a file that it may not read', async () => {
    const secret = await file('secret.key', 'x');
    await chmod(secret, 0);
    await chmod(folder, 0o755);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(nobody); // root can read any file, so act as nobody
    try {
      expect((await refusal({ ...one, keyFile: secret })).message).toContain('the right to read it');
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('a certificate file without a certificate', async () => {
    for (const [text, hint] of [
      ['', 'were expected'],
      [await readFile(one.keyFile), 'look swapped'],
      [Buffer.from('3082010a0282', 'hex'), 'It looks like DER'],
      ['-----BEGIN CERTIFICATE-----\nZ2FyYmFnZQ==\n-----END CERTIFICATE-----\n', 'certificate 1 of 1 cannot be read'],
    ] as const) {
      const certFile = await file('bad.crt', text);
      const error = await refusal({ ...one, certFile });
      expect(error.code).toBe('TRANSPORT_TLS_BAD_CERTIFICATE');
      expect(error.message).toContain(certFile);
      expect(error.message).toContain(hint);
    }
  });

  it('a chain with a broken certificate in it', async () => {
    const certFile = join(folder, 'chain.crt');
    await copyFile(one.certFile, certFile);
    await appendFile(certFile, '-----BEGIN CERTIFICATE-----\nZ2FyYmFnZQ==\n-----END CERTIFICATE-----\n');
    expect((await refusal({ ...one, certFile })).message).toContain('certificate 2 of 2 cannot be read');
  });

  it('a key file without a key', async () => {
    for (const [text, hint] of [
      ['', 'was expected'],
      [await readFile(one.certFile), 'look swapped'],
      ['-----BEGIN PRIVATE KEY-----\nZ2FyYmFnZQ==\n-----END PRIVATE KEY-----\n', 'it cannot be read'],
    ] as const) {
      const keyFile = await file('bad.key', text);
      const error = await refusal({ ...one, keyFile });
      expect(error.code).toBe('TRANSPORT_TLS_BAD_KEY');
      expect(error.message).toContain(keyFile);
      expect(error.message).toContain(hint);
    }
  });

  it('one file for both that holds no key', async () => {
    const error = await refusal({ certFile: one.certFile, keyFile: one.certFile });
    expect(error.code).toBe('TRANSPORT_TLS_NO_KEY');
    expect(error.message).toContain(`${one.certFile}: name the file of its key`);
    expect(error.message).not.toContain('swapped');
  });

  it('an encrypted key without its passphrase, or with another', async () => {
    const { passphrase, ...files } = await makeCertificate(folder, {
      name: 'locked.example',
      passphrase: 'open sesame',
    });
    expect(await refusal(files)).toMatchObject({
      code: 'TRANSPORT_TLS_BAD_KEY',
      message: expect.stringContaining(`${files.keyFile}: it is encrypted: give its passphrase`),
    });
    expect((await refusal({ ...files, passphrase: 'x' })).message).toContain('the passphrase does not open it');
    await createTls({ certificate: { ...files, passphrase: passphrase! } });
  });

  it('a key of another certificate', async () => {
    const error = await refusal({ ...one, keyFile: two.keyFile });
    expect(error.code).toBe('TRANSPORT_TLS_KEY_MISMATCH');
    expect(error.message).toContain(one.certFile);
    expect(error.message).toContain(two.keyFile);
  });

  it('a chain whose first certificate is not that of the server', async () => {
    const certFile = await file(
      'order.crt',
      (await readFile(two.certFile, 'utf8')) + (await readFile(one.certFile, 'utf8')),
    );
    expect((await refusal({ ...one, certFile })).message).toContain('put the certificate of this server first');
  });

  it.each([
    [{ certificate: null }, /expected a certificate, or names with certificates in serverNames/],
    [{ serverNames: { '*': {} } }, /'\*\.example\.org', found "\*"/],
    [{ serverNames: { '*.org': {} } }, /found "\*\.org"/],
    [{ serverNames: { '127.0.0.1': {} } }, /found "127\.0\.0\.1"/],
    [{ serverNames: { '': {} } }, /found ""/],
    [{ alpnProtocols: [''] }, /alpnProtocols/],
    [{ minVersion: 'TLSv1' }, /expected 'TLSv1\.2' or 'TLSv1\.3', found "TLSv1"/],
    [{ ciphers: 'NONE-SUCH' }, /openssl ciphers/],
    [{ handshakeTimeoutMs: 0 }, /above 0/],
    [{ handshakeTimeoutMs: Number.NaN }, /above 0/],
  ])('the options %j', async (options, text) => {
    const error = await refusal(one, options);
    expect(error.code).toBe('TRANSPORT_TLS_BAD_OPTION');
    expect(error.message).toMatch(text);
  });

  it('a name that is there twice', async () => {
    const serverNames = { 'a.example': one, 'A.example.': two };
    expect((await refusal(one, { serverNames })).message).toContain('"a.example" twice');
  });
});

describe.runIf(hasOpenssl)('createTls() warns of a certificate', () => {
  it('that is shown for a name it does not have, and takes it', async () => {
    const warnings: TransportError[] = [];
    const onWarning = (warning: TransportError): unknown => warnings.push(warning);
    const wildcard = await makeCertificate(folder, { name: '*.wild.example' });
    const inside = await makeCertificate(folder, { name: 'a.wild.example' });
    const right = { 'one.example': one, 'ONE.example.': one, 'x.wild.example': wildcard, '*.wild.example': wildcard };
    for (const [name, files] of Object.entries({ ...right, '*.Wild.example': inside })) {
      await createTls({ certificate: two, serverNames: { [name]: files }, onWarning });
    }
    expect(warnings).toEqual([]);
    const wrong = { 'two.example': one, '*.one.example': one, 'wild.example': wildcard, 'x.y.wild.example': wildcard };
    const tls = await createTls({ certificate: two, serverNames: wrong, onWarning });
    expect(warnings.map(({ code }) => code)).toEqual(Object.keys(wrong).map(() => 'TRANSPORT_TLS_NAME_MISMATCH'));
    expect(warnings[0]!.message).toContain(`${one.certFile} is shown for two.example, but is for DNS:one.exam`);
    await tls.reload();
    expect(warnings.length).toBe(8);
  });

  it('that has expired or is not valid yet, and takes it', async () => {
    const warnings: TransportError[] = [];
    const clock = (now: number) => ({ now: () => now, schedule: () => () => undefined });
    const onWarning = (warning: TransportError): unknown => warnings.push(warning);
    const day = 86_400_000;
    for (const now of [Date.now() - day, Date.now(), Date.now() + 2 * day]) {
      await createTls({ certificate: one, clock: clock(now), onWarning });
    }
    expect(warnings.map(({ code }) => code)).toEqual(['TRANSPORT_TLS_NOT_IN_DATE', 'TRANSPORT_TLS_NOT_IN_DATE']);
    expect(warnings[0]!.message).toContain(`${one.certFile} is valid from`);
    expect(warnings[1]!.message).toContain(`${one.certFile} has expired`);
  });
});
