import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type Clock, type Logger, systemClock } from '@windhover/core';
import { checkOptions, milliseconds, type Rules, rule, wholeNumber, withFunctions } from '@windhover/options';
import { type CertificateFacts, certificateFacts } from './certificate-facts.ts';
import { certificateError } from './errors.ts';
import { coveringNames } from './name-rules.ts';
import { type KeyedCertificate, parsePair } from './stored-certificate.ts';

/** A certificate with its key in one file of PKCS #12. */
export interface PfxCertificate {
  readonly pfx: Uint8Array;
  readonly passphrase: string;
}

/** What a folder holds for a name. */
export type FolderCertificate = KeyedCertificate | PfxCertificate;

/** Options of `createFolderCertificates`. */
export interface FolderCertificatesOptions {
  /** Opens every `.pfx`. Default: an empty text. */
  readonly password?: string;
  /** How many names are remembered, those without a certificate too. Default: 1000, some 10 MB. */
  readonly maxNames?: number;
  /** How long a file is not looked at again. Default: 10,000. */
  readonly lookMs?: number;
  /** Hears of each certificate that was read to be shown, with the name of its file (`*` for `_`): for metrics. Default: nobody. */
  readonly onCertificate?: (name: string, facts: CertificateFacts) => void;
  /** Hears of files that cannot be used. Default: the console. */
  readonly log?: Logger;
  readonly clock?: Pick<Clock, 'now'>;
}

const optionRules: Rules<FolderCertificatesOptions> = {
  password: rule('a text', (value) => typeof value === 'string'),
  maxNames: wholeNumber(1),
  lookMs: milliseconds('from 0 on'),
  onCertificate: rule('a function', (value) => typeof value === 'function'),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  clock: withFunctions(['now']),
};

/** A certificate in a folder. */
export interface FolderStatus {
  /** The names that clients ask for: that of the file, with `*` instead of `_`. */
  readonly name: string;
  readonly file: string;
  /** In milliseconds since the epoch; `null`: it cannot be read. */
  readonly validTo: number | null;
  /** As in `CertificateFacts`; `null`: it cannot be read. */
  readonly fingerprint: string | null;
  readonly fault: string | null;
}

interface Known {
  readonly certificate: FolderCertificate | null;
  /** The files and when they were changed. */
  readonly version: string;
  lookAgainAtMs: number;
}

/**
 * Finds certificates in a folder by the name that a client asks for, as IIS does with centralized certificates: `www.example.com.pfx` or
 * `www.example.com.pem` (with `www.example.com.key` beside it, if the key is not in it), then `_.example.com.…` for any name with one more label. Files
 * are read when they are first asked for, and again after they have changed.
 */
export class FolderCertificates {
  private readonly folder: string;
  private readonly password: string;
  private readonly max: number;
  private readonly lookMs: number;
  private readonly onCertificate: FolderCertificatesOptions['onCertificate'];
  private readonly log: Logger;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly known = new Map<string, Known>();
  private readonly looking = new Map<string, Promise<FolderCertificate | null>>();

  constructor(folder: string, options: FolderCertificatesOptions = {}) {
    checkOptions(options, optionRules, (fault) => certificateError('CERTIFICATES_OPTION_INVALID', fault));
    this.folder = folder;
    this.password = options.password ?? '';
    this.max = options.maxNames ?? 1000;
    this.lookMs = options.lookMs ?? 10_000;
    this.onCertificate = options.onCertificate;
    this.log = options.log ?? console;
    this.clock = options.clock ?? systemClock;
  }

  /**
   * Finds the certificate for a server name in canonical form. `null`: the folder has none. While a file cannot be read, the certificate that was
   * read before stays.
   */
  find(serverName: string): FolderCertificate | null | Promise<FolderCertificate | null> {
    const known = this.known.get(serverName);
    if (known !== undefined && known.lookAgainAtMs > this.clock.now()) return known.certificate;
    const running = this.looking.get(serverName);
    if (running !== undefined) return running;
    const looking = this.look(serverName, known).finally(() => this.looking.delete(serverName));
    this.looking.set(serverName, looking);
    return looking;
  }

  /** Reads every certificate of the folder. */
  async list(): Promise<readonly FolderStatus[]> {
    const files = (await readdir(this.folder)).filter((file) => /\.(?:pem|pfx)$/.test(file)).sort();
    return Promise.all(
      files.map(async (file): Promise<FolderStatus> => {
        const path = join(this.folder, file);
        const name = file.replace(/\.(?:pem|pfx)$/, '').replace(/^_\./, '*.');
        try {
          const bytes = await readFile(path);
          const leaf = file.endsWith('.pem') ? bytes : certificateOfPfx(bytes, this.password);
          const { validTo, fingerprint } = certificateFacts(leaf);
          return { name, file: path, validTo, fingerprint, fault: null };
        } catch (error) {
          return { name, file: path, validTo: null, fingerprint: null, fault: (error as Error).message };
        }
      }),
    );
  }

  private async look(serverName: string, known: Known | undefined): Promise<FolderCertificate | null> {
    let found = known;
    try {
      found = await this.read(serverName, known);
    } catch (error) {
      this.log.error('A certificate of the folder cannot be used', { name: serverName, error });
    }
    const lookAgainAtMs = this.clock.now() + this.lookMs;
    this.known.delete(serverName);
    if (this.known.size >= this.max) this.known.delete(this.known.keys().next().value!);
    const { certificate = null, version = '' } = found ?? {};
    this.known.set(serverName, { certificate, version, lookAgainAtMs });
    return certificate;
  }

  private async read(serverName: string, known: Known | undefined): Promise<Known | undefined> {
    for (const name of coveringNames(serverName)) {
      const base = join(this.folder, name.replace(/^\*/, '_'));
      const pem = await statOf(`${base}.pem`);
      if (pem !== null) {
        const key = await statOf(`${base}.key`);
        const version = `pem ${versionOf(pem)} ${key === null ? '' : versionOf(key)}`;
        if (known?.version === version) return known;
        const certificate = await readPem(base, key !== null);
        this.tell(name, () => certificate.cert);
        return { version, lookAgainAtMs: 0, certificate };
      }
      const pfx = await statOf(`${base}.pfx`);
      if (pfx !== null) {
        const version = `pfx ${versionOf(pfx)}`;
        if (known?.version === version) return known;
        const bytes = await readFile(`${base}.pfx`);
        this.tell(name, () => certificateOfPfx(bytes, this.password));
        return { version, lookAgainAtMs: 0, certificate: { pfx: bytes, passphrase: this.password } };
      }
    }
    return undefined;
  }

  private tell(name: string, certificate: () => string | Uint8Array): void {
    if (this.onCertificate === undefined) return;
    try {
      this.onCertificate(name, certificateFacts(certificate()));
    } catch (error) {
      this.log.warn('A certificate of the folder is shown, but cannot be read for metrics', { name, error });
    }
  }
}

/** Node opens PKCS #12 only for a TLS context, which then knows its certificate. */
function certificateOfPfx(pfx: Uint8Array, passphrase: string): Uint8Array {
  const { context } = createSecureContext({ pfx: Buffer.from(pfx), passphrase });
  const found = (context as { getCertificate?(): Uint8Array | null }).getCertificate?.() ?? null;
  if (found === null) throw certificateError('CERTIFICATES_FILE_INVALID', 'the file holds no certificate');
  return found;
}

async function readPem(base: string, hasKey: boolean): Promise<KeyedCertificate> {
  const cert = await readFile(`${base}.pem`, 'latin1');
  return parsePair(cert, hasKey ? await readFile(`${base}.key`, 'latin1') : cert);
}

function versionOf({ ino, mtimeMs, size }: Stats): string {
  return `${ino} ${mtimeMs} ${size}`;
}

async function statOf(file: string): Promise<Stats | null> {
  try {
    return await stat(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
