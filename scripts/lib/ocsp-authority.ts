import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A certificate with the one of its issuer after it, and its key. */
export interface OcspFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate authority of openssl with an OCSP responder, for tests. */
export interface OcspAuthority {
  readonly caFile: string;
  /** Makes a certificate that names `responder`; `mustStaple`: clients must refuse it without an answer. */
  issue(name: string, responder: string, options?: { readonly mustStaple?: boolean }): Promise<OcspFiles>;
  /** Says from now on that a certificate is good or revoked. Those of other authorities are unknown. */
  mark(name: string, state: 'good' | 'revoked'): Promise<void>;
  /** Answers one question as `openssl ocsp` does. */
  answer(question: Uint8Array, options?: AnswerOptions): Promise<Uint8Array>;
  /** Starts `openssl ocsp -port`. It knows the certificates that were issued before, and those that will be issued for these names. */
  start(...names: readonly string[]): Promise<{ readonly url: string; stop(): Promise<void> }>;
}

export interface AnswerOptions {
  /** How long the answer is good. Default: 60 minutes. */
  readonly minutes?: number;
  /** Who signs: the authority, somebody whom it has named for that, or somebody whom it has not. Default: `authority`. */
  readonly signer?: 'authority' | 'delegate' | 'stranger';
}

const run = promisify(execFile);

const keyOptions = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout'];

/** Makes the authority in a folder. */
export async function makeOcspAuthority(folder: string): Promise<OcspAuthority> {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]) => run('openssl', args);
  const newKey = (file: string): string[] => [...keyOptions, at(file)];
  const index = new Map<string, { readonly serial: string; state: 'good' | 'revoked' }>();
  let serials = 0x80; // a serial number whose first bit is set has a zero byte before it
  await openssl('req', '-x509', ...newKey('ca.key'), '-subj', '/CN=Test authority', '-days', '2', '-out', at('ca.crt'));
  await writeIndex();

  function nextSerial(): string {
    serials += 1;
    return serials.toString(16).toUpperCase();
  }

  async function writeIndex(): Promise<void> {
    const lines = [...index].map(([name, { serial, state }]) => indexLine(name, serial, state));
    await writeFile(at('index.txt'), lines.join(''));
  }

  async function sign(name: string, extensions: readonly string[]): Promise<string> {
    const serial = index.get(name)?.serial ?? nextSerial();
    await openssl('req', ...newKey(`${name}.key`), '-new', '-subj', `/CN=${name}`, '-out', at(`${name}.csr`));
    await writeFile(at(`${name}.ext`), extensions.join('\n'));
    const ca = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-set_serial', `0x${serial}`, '-days', '2'];
    await openssl(
      'x509',
      '-req',
      '-in',
      at(`${name}.csr`),
      ...ca,
      '-extfile',
      at(`${name}.ext`),
      '-out',
      at(`${name}.leaf`),
    );
    return serial;
  }

  const signerOf = async (signer: NonNullable<AnswerOptions['signer']>): Promise<string> => {
    if (signer === 'authority') return 'ca';
    await sign(signer, signer === 'delegate' ? ['extendedKeyUsage=OCSPSigning'] : ['extendedKeyUsage=serverAuth']);
    await writeFile(at(`${signer}.crt`), await readFile(at(`${signer}.leaf`)));
    return signer;
  };

  return {
    caFile: at('ca.crt'),
    async issue(name, responder, { mustStaple = false } = {}) {
      const serial = await sign(name, [
        `subjectAltName=DNS:${name}`,
        `authorityInfoAccess=OCSP;URI:${responder},caIssuers;URI:${responder}/ca`,
        ...(mustStaple ? ['tlsfeature=status_request'] : []),
      ]);
      index.set(name, { serial, state: 'good' });
      await writeIndex();
      const chain = `${await readFile(at(`${name}.leaf`), 'latin1')}${await readFile(at('ca.crt'), 'latin1')}`;
      await writeFile(at(`${name}.crt`), chain);
      return { certFile: at(`${name}.crt`), keyFile: at(`${name}.key`) };
    },
    async mark(name, state) {
      index.get(name)!.state = state;
      await writeIndex();
    },
    async answer(question, { minutes = 60, signer = 'authority' } = {}) {
      await writeFile(at('question.der'), question);
      const by = await signerOf(signer);
      const files = [
        '-reqin',
        at('question.der'),
        '-respout',
        at('answer.der'),
        '-index',
        at('index.txt'),
        '-CA',
        at('ca.crt'),
      ];
      await openssl('ocsp', ...files, '-rsigner', at(`${by}.crt`), '-rkey', at(`${by}.key`), '-nmin', String(minutes));
      return readFile(at('answer.der'));
    },
    async start(...names) {
      for (const name of names) index.set(name, { serial: nextSerial(), state: 'good' });
      await writeIndex();
      return startResponder(folder);
    },
  };
}

/** A line of the database of `openssl ca`. */
function indexLine(name: string, serial: string, state: 'good' | 'revoked'): string {
  const [letter, revoked] = state === 'good' ? ['V', ''] : ['R', '250101000000Z'];
  return `${letter}\t351231235959Z\t${revoked}\t${serial}\tunknown\t/CN=${name}\n`;
}

async function startResponder(folder: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const at = (name: string): string => join(folder, name);
  const files = ['-index', at('index.txt'), '-CA', at('ca.crt'), '-rsigner', at('ca.crt'), '-rkey', at('ca.key')];
  const child = spawn('openssl', ['ocsp', '-port', '0', ...files, '-nmin', '60'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  const port = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /ACCEPT \S*?:(\d+) /.exec(said);
      if (found !== null) resolve(found[1]!);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', () => reject(new Error(`openssl ocsp has ended: ${said}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
