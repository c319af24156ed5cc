import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpError } from '@windhover/core';
import { createManualClock } from '@windhover/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeOcspAuthority, type OcspAuthority } from '../../../scripts/lib/ocsp-authority.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { certificateFacts, createStapler, type KeptStaple, type OcspSend } from '../src/index.ts';
import { type DerValue, derParts, derTagOf, readDer } from '../src/lib/ocsp/der.ts';
import { fetchOcsp } from '../src/lib/ocsp/fetch-ocsp.ts';
import { formatOcspRequest } from '../src/lib/ocsp/ocsp-request.ts';
import { readOcspResponse } from '../src/lib/ocsp/ocsp-response.ts';
import { ocspSubject } from '../src/lib/ocsp/ocsp-subject.ts';

const responder = 'http://127.0.0.1:1/';
const minute = 60_000;

describe.skipIf(!hasPeer('openssl'))('createStapler()', () => {
  let folder = '';
  let authority: OcspAuthority;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stapler-'));
    authority = await makeOcspAuthority(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A stapler whose clock is moved by the test. */
  function open(send: OcspSend = (_, question) => authority.answer(question)) {
    const clock = createManualClock({ now: Date.now() });
    const lines: string[] = [];
    const tell =
      (level: string) =>
      (message: string, fields?: object): void =>
        void lines.push(`${level}: ${message} ${JSON.stringify(fields)}`);
    const log = { debug: () => undefined, info: tell('info'), warn: tell('warn'), error: tell('error') };
    let asked = 0;
    const counted: OcspSend = (...args) => {
      asked += 1;
      return send(...args);
    };
    const stapler = createStapler({ clock, log, send: counted });
    onTestFinished(() => stapler.close());
    return { clock, lines, stapler, asked: () => asked };
  }

  async function chainOf(name: string, options?: { readonly mustStaple?: boolean }): Promise<string[]> {
    const { certFile } = await authority.issue(name, responder, options);
    const text = await readFile(certFile, 'latin1');
    return text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)!;
  }

  const answered = (staple: KeptStaple | null) => expect.poll(() => staple!.current()).not.toBeNull();
  const failed = (staple: KeptStaple | null) => expect.poll(() => staple!.status().lastError?.message).toBeDefined();

  it('keeps the answer of openssl, checked, and asks again at half of its life', async () => {
    const { clock, stapler, asked, lines } = open();
    const staple = stapler.staple(await chainOf('good.example'));
    expect(staple!.current()).toBeNull();
    await answered(staple);
    expect(staple!.status()).toMatchObject({ responder, isRequired: false, lastError: null });
    const first = staple!.current();
    clock.advance(29 * minute);
    expect(asked()).toBe(1);
    clock.advance(2 * minute);
    await expect.poll(() => staple!.current()).not.toBe(first);
    expect(asked()).toBe(2);
    expect(lines).toEqual([]);
  });

  it('takes an answer of a signer whom the authority has named, and of no other', async () => {
    const named = open((_, question) => authority.answer(question, { signer: 'delegate' }));
    const chain = await chainOf('delegated.example');
    await answered(named.stapler.staple(chain));
    const stranger = open((_, question) => authority.answer(question, { signer: 'stranger' }));
    const staple = stranger.stapler.staple(chain);
    await failed(staple);
    expect(staple!.status().lastError!.message).toContain('not signed by the issuer');
    expect(staple!.current()).toBeNull();
  });

  it('staples nothing that says revoked, and drops the answer before', async () => {
    const { clock, stapler, lines } = open();
    const staple = stapler.staple(await chainOf('revoked.example'));
    await answered(staple);
    await authority.mark('revoked.example', 'revoked');
    clock.advance(31 * minute);
    await failed(staple);
    expect(staple!.current()).toBeNull();
    expect(lines).toEqual([expect.stringContaining('the responder says that the certificate is revoked')]);
  });

  it('tells that a certificate is revoked, also after its responder has failed', async () => {
    let isDown = true;
    const { clock, stapler, lines } = open((_, question) =>
      isDown ? Promise.reject(new Error('unreachable')) : authority.answer(question),
    );
    const staple = stapler.staple(await chainOf('late.example'));
    await expect.poll(() => lines.length).toBe(1);
    await authority.mark('late.example', 'revoked');
    isDown = false;
    await expect.poll(() => clock.pending).toBe(1);
    clock.advance(2 * minute);
    await expect.poll(() => lines.at(-1)).toMatch(/^warn: .*the certificate is revoked/);
    expect(staple!.current()).toBeNull();
  });

  it('refuses an answer with something behind it, which would go to clients as well', async () => {
    const { stapler } = open(async (_, question) => Buffer.concat([await authority.answer(question), Buffer.alloc(1)]));
    const staple = stapler.staple(await chainOf('behind.example'));
    await failed(staple);
    expect(staple!.status().lastError!.message).toContain('something follows the answer');
  });

  it('asks other responders while one does not answer', async () => {
    const { stapler } = open((to, question) =>
      to.includes('silent') ? new Promise(() => undefined) : authority.answer(question),
    );
    for (let index = 0; index < 6; index += 1) {
      const { certFile } = await authority.issue(`silent${index}.example`, 'http://silent.example/');
      stapler.staple(
        (await readFile(certFile, 'latin1')).match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)!,
      );
    }
    await answered(stapler.staple(await chainOf('heard.example')));
  });

  it('refuses an answer that is about another certificate', async () => {
    let other: Uint8Array | null = null;
    const first = open(async (_, question) => (other = await authority.answer(question)));
    await answered(first.stapler.staple(await chainOf('one.example')));
    const second = open(async () => other!);
    const staple = second.stapler.staple(await chainOf('two.example'));
    await failed(staple);
    expect(staple!.status().lastError!.message).toContain('about another certificate');
  });

  it('refuses an answer that has expired, and one of the future', async () => {
    const chain = await chainOf('time.example');
    for (const [hours, reason] of [
      [2, 'has expired'],
      [-2, 'of the future'],
    ] as const) {
      const clock = createManualClock({ now: Date.now() + hours * 60 * minute });
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const stapler = createStapler({ clock, log, send: (_, question) => authority.answer(question) });
      const staple = stapler.staple(chain);
      await failed(staple);
      expect(staple!.status().lastError!.message).toContain(reason);
      stapler.close();
    }
  });

  it('refuses an answer with any signed bit changed, and fails on no other with anything but its own code', async () => {
    const [leaf, issuer] = (await chainOf('bits.example')).map((pem) => new X509Certificate(pem));
    const subject = ocspSubject(leaf!, issuer!);
    const good = Uint8Array.from(await authority.answer(formatOcspRequest(subject)));
    expect(readOcspResponse(good, subject, Date.now()).state).toBe('good');
    const response = readDer(derParts(derParts(derParts(readDer(good))[1], derTagOf(0))[0])[1]!.content);
    const [data, , signature] = derParts(response);
    const isIn = (at: number, { whole }: DerValue): boolean =>
      at >= whole.byteOffset && at < whole.byteOffset + whole.length;
    for (let bit = 0; bit < good.length * 8; bit++) {
      const changed = Uint8Array.from(good);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      try {
        readOcspResponse(changed, subject, Date.now());
        expect(isIn(bit >> 3, data!) || isIn(bit >> 3, signature!)).toBe(false);
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        expect(error).toMatchObject({ code: 'CERTIFICATES_OCSP_FAILED' });
      }
    }
    for (let length = 0; length < good.length; length++)
      expect(() => readOcspResponse(good.subarray(0, length), subject, Date.now())).toThrow('usable answer');
  });

  it('goes on with the answer it has while the responder fails, logs once, and tries again from a minute on', async () => {
    let isDown = false;
    let isBack = false;
    const { clock, stapler, lines, asked } = open(async (_, question) => {
      if (isDown) throw new Error('unreachable');
      return authority.answer(question, { minutes: isBack ? 600 : 60 });
    });
    const staple = stapler.staple(await chainOf('down.example'));
    await answered(staple);
    isDown = true;
    clock.advance(31 * minute);
    await failed(staple);
    expect(staple!.current()).not.toBeNull();
    clock.advance(minute);
    await expect.poll(asked).toBe(3);
    await expect.poll(() => clock.pending).toBe(1);
    clock.advance(30 * minute);
    expect(staple!.current()).toBeNull();
    await expect.poll(() => clock.pending).toBe(1);
    isDown = false;
    isBack = true;
    clock.advance(60 * minute);
    await expect.poll(() => lines.length).toBe(2);
    expect(lines[0]).toMatch(/^warn: No new OCSP answer.*unreachable/);
    expect(lines[1]).toMatch(/^info: The OCSP responder of a certificate answers again/);
  });

  it('says that clients refuse a must-staple certificate without an answer', async () => {
    const { stapler, lines } = open(() => Promise.reject(new Error('no')));
    const staple = stapler.staple(await chainOf('must.example', { mustStaple: true }));
    await failed(staple);
    expect(staple!.status().isRequired).toBe(true);
    expect(lines[0]).toContain('must-staple');
  });

  it('says that the issuer is missing in a file with the certificate alone', async () => {
    const { stapler, lines, asked } = open();
    const [leaf] = await chainOf('alone.example');
    await failed(stapler.staple([leaf!]));
    expect(lines[0]).toContain('the certificate of its issuer is missing');
    expect(asked()).toBe(0);
  });

  it('keeps a certificate once, and none that names no responder', async () => {
    const { stapler, asked } = open();
    const chain = await chainOf('once.example');
    const staple = stapler.staple(chain);
    expect(stapler.staple(chain)).toBe(staple);
    await answered(staple);
    expect(asked()).toBe(1);
    expect(stapler.status(certificateFacts(chain[0]!).fingerprint)).toEqual(staple!.status());
    expect(stapler.staple([chain[1]!])).toBeNull();
    expect(stapler.status(certificateFacts(chain[1]!).fingerprint)).toBeNull();
  });

  it('asks over HTTP with a limit on the size, and takes no other status than 200', async () => {
    let act: (answer: import('node:http').ServerResponse) => void = () => undefined;
    const server = createServer((_, answer) => act(answer)).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await expect.poll(() => server.listening).toBe(true);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const ask = () => fetchOcsp(url, Buffer.from('question'), new AbortController().signal);
    act = (answer) => answer.end(Buffer.alloc(20_000));
    await expect(ask()).rejects.toThrow('larger than 16384 bytes');
    act = (answer) => answer.writeHead(301, { location: url }).end();
    await expect(ask()).rejects.toThrow('status 301');
    act = (answer) => answer.destroy();
    await expect(ask()).rejects.toMatchObject({ code: 'CERTIFICATES_OCSP_FAILED' });
    act = (answer) => {
      answer.writeHead(200, { 'Content-Length': 10 }).write('12345');
      setImmediate(() => answer.destroy());
    };
    await expect(ask()).rejects.toMatchObject({ code: 'CERTIFICATES_OCSP_FAILED' });
    const nowhere = fetchOcsp('http://[', Buffer.from('question'), new AbortController().signal);
    await expect(nowhere).rejects.toMatchObject({ code: 'CERTIFICATES_OCSP_FAILED' });
    act = (answer) => answer.end('answer');
    expect(Buffer.from(await ask()).toString()).toBe('answer');
  });
});
