import { type Stats, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Logger, systemClock } from '@windhover/core';
import { checkOptions, milliseconds, type Rules, rule, wholeNumber, withFunctions } from '@windhover/options';
import type { CertificateFacts } from './certificate-facts.ts';
import { certificateError } from './errors.ts';
import { type FolderCertificate, readFolderFile } from './folder-file.ts';
import { coveringNames } from './name-rules.ts';

/** Options of `FolderCertificates`. */
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
  /** In milliseconds since the epoch; `null`: it cannot be used. */
  readonly validTo: number | null;
  /** As in `CertificateFacts`; `null`: it cannot be used. */
  readonly fingerprint: string | null;
  /** Why it cannot be used: it cannot be read, or its key is missing or another one. */
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

  /** Throws `CERTIFICATES_OPTION_INVALID`, also if the folder does not exist. */
  constructor(folder: string, options: FolderCertificatesOptions = {}) {
    checkOptions(options, optionRules, (fault) => certificateError('CERTIFICATES_OPTION_INVALID', fault));
    checkFolder(folder);
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

  /** Reads every certificate of the folder, and its key. */
  async list(): Promise<readonly FolderStatus[]> {
    const files = (await readdir(this.folder)).filter((file) => /\.(?:pem|pfx)$/.test(file)).sort();
    return Promise.all(
      files.map(async (listed): Promise<FolderStatus> => {
        const base = listed.replace(/\.(?:pem|pfx)$/, '');
        const name = base.replace(/^_\./, '*.');
        const file = join(this.folder, listed);
        try {
          const key = await statOf(join(this.folder, `${base}.key`));
          const { validTo, fingerprint } = (await readFolderFile(file, key !== null, this.password)).facts;
          return { name, file, validTo, fingerprint, fault: null };
        } catch (error) {
          return { name, file, validTo: null, fingerprint: null, fault: (error as Error).message };
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
      const found = await filesOf(join(this.folder, name.replace(/^\*/, '_')));
      if (found === null) continue;
      const { file, hasKey, version } = found;
      if (known?.version === version) return known;
      try {
        const { certificate, facts } = await readFolderFile(file, hasKey, this.password);
        this.tell(name, facts);
        return { version, lookAgainAtMs: 0, certificate };
      } catch (error) {
        this.log.error('A certificate of the folder cannot be used', { name: serverName, file, error });
        return known;
      }
    }
    return undefined;
  }

  private tell(name: string, facts: CertificateFacts): void {
    try {
      this.onCertificate?.(name, facts);
    } catch (error) {
      this.log.error('`onCertificate` has failed', { name, error });
    }
  }
}

function checkFolder(folder: string): void {
  let fault = 'a file';
  try {
    if (statSync(folder).isDirectory()) return;
  } catch (error) {
    fault = (error as NodeJS.ErrnoException).code ?? String(error);
  }
  const what = `folder: expected a folder that exists, found ${JSON.stringify(folder)} (${fault})`;
  throw certificateError('CERTIFICATES_OPTION_INVALID', what);
}

/** What stands in the folder under a name. */
interface FolderFiles {
  readonly file: string;
  /** Whether the key is in a file of its own. */
  readonly hasKey: boolean;
  readonly version: string;
}

async function filesOf(base: string): Promise<FolderFiles | null> {
  const pem = await statOf(`${base}.pem`);
  if (pem !== null) {
    const key = await statOf(`${base}.key`);
    const version = `pem ${versionOf(pem)} ${key === null ? '' : versionOf(key)}`;
    return { file: `${base}.pem`, hasKey: key !== null, version };
  }
  const pfx = await statOf(`${base}.pfx`);
  return pfx === null ? null : { file: `${base}.pfx`, hasKey: false, version: `pfx ${versionOf(pfx)}` };
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
