import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { chmod, copyFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type TrustStep, type TrustSurroundings, trustSteps } from './trust-steps.ts';

/** What became of one place. */
export interface TrustResult {
  readonly place: string;
  /** Why nothing was changed; `null`: it was, or nothing had to be. */
  readonly obstacle: string | null;
}

/** Options of `trustRoot`. */
export interface TrustOptions {
  /** The home of the user. Default: that of this process. */
  readonly home?: string;
  /** Leaves the list of the system alone. Default: false. */
  readonly isUserOnly?: boolean;
}

const commandMs = 60_000;

/**
 * Makes the programs of this machine trust an authority, or forget it, wherever that is possible. Never rejects because of one place: each says what
 * became of it.
 *
 * @param file the certificate of the authority, PEM
 */
export async function trustRoot(
  action: 'add' | 'remove',
  file: string,
  pem: string,
  { home = homedir(), isUserOnly = false }: TrustOptions = {},
): Promise<readonly TrustResult[]> {
  const results: TrustResult[] = [];
  for (const step of trustSteps(action, file, nameOf(pem), { ...thisMachine(home), isUserOnly }))
    results.push({ place: step.place, obstacle: step.obstacle ?? (await take(action, step, file)) });
  return results;
}

/** The same for one authority, and different for two on one machine. */
function nameOf(pem: string): string {
  const { fingerprint256 } = new X509Certificate(pem);
  return `windhover-local-${fingerprint256.replaceAll(':', '').slice(0, 12).toLowerCase()}`;
}

async function take(
  action: 'add' | 'remove',
  { file: target, commands }: TrustStep,
  file: string,
): Promise<string | null> {
  try {
    if (target !== null && action === 'add') {
      await copyFile(file, target);
      await chmod(target, 0o644); // every user's programs read it
    } else if (target !== null) await rm(target, { force: true });
    for (const [program, ...args] of commands) await promisify(execFile)(program!, args, { timeout: commandMs });
    return null;
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    const said = (stderr ?? '').trim();
    // Somebody has removed it before.
    return action === 'remove' && /could not find/i.test(said) ? null : said === '' ? message : said;
  }
}

function thisMachine(home: string): Omit<TrustSurroundings, 'isUserOnly'> {
  return {
    platform: process.platform,
    home,
    isRoot: process.getuid?.() === 0,
    exists: existsSync,
    hasProgram: isInstalled,
    firefoxProfiles: profilesIn(join(home, '.mozilla', 'firefox')),
  };
}

/** Programs for root stand in folders that others do not search. */
function isInstalled(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false; // not in this folder
    }
  });
}

function profilesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((profile) => existsSync(join(profile, 'cert9.db')));
}
