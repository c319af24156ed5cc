import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CertificateFiles, createTls, type TlsOptions } from '../src/index.ts';
import { localhostCertificate, writeLocalhostCertificate } from '../src/testing.ts';

const { cert, key } = localhostCertificate;
const oneLineKey = key.replace(/-----.*-----|\n/g, '');

let folder: string;
let files: CertificateFiles;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-options-'));
  files = await writeLocalhostCertificate(folder);
});

afterAll(() => rm(folder, { recursive: true }));

async function refusal(options: unknown): Promise<Error> {
  const error = await createTls(options as TlsOptions).then(
    () => null,
    (failure: unknown) => failure,
  );
  if (!(error instanceof Error)) throw new Error('not refused');
  return error;
}

describe('createTls() never tells a secret', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['a key as keyFile', () => ({ ...files, keyFile: key }), /certificate\.keyFile: give a path, not the PEM text/],
    [
      'a certificate as certFile',
      () => ({ ...files, certFile: cert }),
      /certificate\.certFile: give a path, not the PEM/,
    ],
    ['a key in base64', () => ({ ...files, keyFile: btoa(key) }), /give a path, not the PEM text/],
    ['a key without its frame', () => ({ ...files, keyFile: oneLineKey }), /give a path, not the PEM text/],
    [
      'the bytes of a key',
      () => ({ ...files, keyFile: Buffer.from(key) }),
      /keyFile: expected a path, found a Uint8Array/,
    ],
    [
      'cert and key',
      () => ({ cert, key }),
      /certificate: expected certFile and keyFile, paths .* found \{ cert, key \}/,
    ],
    ['files and a key', () => ({ ...files, key }), /expected certFile and keyFile, paths of PEM/],
    ['a key as the certificate', () => key, /certificate: expected \{ certFile, keyFile \}, two paths, found a string/],
    ['no keyFile', () => ({ certFile: 'a', passphrase: oneLineKey }), /two paths, found \{ certFile, passphrase \}/],
    [
      'a passphrase of another type',
      () => ({ ...files, passphrase: [oneLineKey] }),
      /passphrase: expected a string, found an Array/,
    ],
    ['a passphrase that is misspelt', () => ({ ...files, pasphrase: oneLineKey }), /Did you mean `passphrase`\?/],
    [
      'text of several lines',
      () => ({ ...files, keyFile: `x\n${oneLineKey}` }),
      /expected a path, found a text that is/,
    ],
    ['a text with a NUL', () => ({ ...files, keyFile: `x\0${oneLineKey}` }), /expected a path, found a text that is/],
    [
      'a text longer than paths',
      () => ({ ...files, keyFile: `x${oneLineKey.repeat(40)}` }),
      /a text that is not a path/,
    ],
  ])('when given %s', async (_name, certificate, text) => {
    for (const options of [
      { certificate: certificate() },
      { certificate: files, serverNames: { 'a.b': certificate() } },
    ]) {
      const error = await refusal(options);
      expect(error).toMatchObject({ code: 'TRANSPORT_TLS_BAD_OPTION' });
      if (!('serverNames' in options)) expect(error.message).toMatch(text);
      const told = inspect(error, { depth: 10, showHidden: true });
      for (const secret of [oneLineKey.slice(0, 40), btoa(key).slice(0, 40), cert.slice(30, 70)]) {
        expect(told).not.toContain(secret);
      }
    }
  });

  it('when cert and key stand where node:https has them', async () => {
    const { message } = await refusal({ cert, key });
    expect(message).toMatch(/found `cert`.*certificate: \{ certFile, keyFile \}, two paths$/);
    expect(message).not.toContain(oneLineKey.slice(0, 40));
  });
});

describe('createTls() refuses, naming the option,', () => {
  it.each<[unknown, RegExp]>([
    [undefined, /expected an object, found undefined/],
    [null, /expected an object, found null/],
    [{ certificat: 1 }, /found `certificat`\. Did you mean `certificate`\?/],
  ])('%j', async (options, text) => {
    const error = await refusal(options);
    expect(error).toMatchObject({ code: 'TRANSPORT_TLS_BAD_OPTION', message: expect.stringMatching(text) });
  });

  it.each<[object, RegExp]>([
    [{ handshakeTimeoutMs: '500' }, /handshakeTimeoutMs: expected milliseconds above 0, found "500"/],
    [{ handshakeTimeoutMs: Number.POSITIVE_INFINITY }, /handshakeTimeoutMs: .* found Infinity/],
    [{ alpnProtocols: 'h2' }, /alpnProtocols: expected a list of names .*, as in \['http\/1\.1'\], found "h2"/],
    [{ alpnProtocols: [] }, /alpnProtocols: expected a list of names .*, found \[\]/],
    [{ alpnProtocols: ['h2', 5] }, /alpnProtocols: expected a list of names .*, found \["h2", 5\]/],
    [{ ciphers: 5 }, /ciphers: expected names with colons between them, found 5/],
    [{ ciphers: '' }, /ciphers: .* found ""/],
    [{ driver: 'fast' }, /driver: expected 'borrow' or 'data', found "fast"/],
    [{ onHandshakeError: 'log' }, /onHandshakeError: expected a function, found a string/],
    [{ onWarning: null }, /onWarning: expected a function, found null/],
    [{ wheel: {} }, /wheel: expected what createTimerWheel\(…\) makes, found \{\}/],
    [{ clock: { now: 5 } }, /clock: expected an object with now\(\), schedule\(\), found \{ now \}/],
    [{ serverNames: null }, /serverNames: expected an object, as in .*, found null/],
    [{ serverNames: new Map() }, /serverNames: .* found a Map/],
    [
      { serverNames: { 'a.b': 'x' } },
      /serverNames\["a\.b"\]: expected \{ certFile, keyFile \}, two paths, found a string/,
    ],
    [
      { serverNames: { 'a.b': { certFile: 'x', keyfile: 'y' } } },
      /serverNames\["a\.b"\]: expected .*, found `keyfile`\. Did you mean `keyFile`/,
    ],
    [
      { serverNames: { 'a.b': { certFile: 'x', keyFile: 5 } } },
      /serverNames\["a\.b"\]\.keyFile: expected a path, found a number/,
    ],
  ])('%o', async (options, text) => {
    const error = await refusal({ certificate: files, ...options });
    expect(error).toMatchObject({ code: 'TRANSPORT_TLS_BAD_OPTION', message: expect.stringMatching(text) });
  });
});

describe('createTls() takes relative paths', () => {
  it('as they are when it is called, and names files by the whole path', async () => {
    const certFile = relative(process.cwd(), files.certFile);
    const { message } = await refusal({ certificate: { certFile, keyFile: 'no/such.key' } });
    expect(message).toContain(`${join(process.cwd(), 'no/such.key')}. There is no such file`);
    const tls = await createTls({ certificate: { certFile, keyFile: relative(process.cwd(), files.keyFile) } });
    await tls.reload();
  });
});
