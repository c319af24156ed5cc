import { readFile, stat } from 'node:fs/promises';
import { type Clock, type Logger, systemClock } from '@windhover/core';
import { anyObject, anyText, checkOptions, type Rules, withFunctions } from '@windhover/options';
import { authError, optionError } from '../errors.ts';
import { type PasswordPool, sharedPasswordPool } from '../password/password-pool.ts';
import { parseHtpasswd } from './parse-htpasswd.ts';
import type { UserSource } from './user-source.ts';
import { createUserTable, type RoleMembers, type UserTable } from './user-table.ts';

/** Options of `htpasswdUsers`. */
export interface HtpasswdUsersOptions {
  /** Roles, each with the names of those who have it. Default: none. */
  readonly roles?: RoleMembers;
  /** Where passwords are checked. Default: the threads that this process shares. */
  readonly pool?: PasswordPool;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Is told when a changed file cannot be used. Default: nobody. */
  readonly log?: Pick<Logger, 'info' | 'error'>;
}

/** Users of a file. */
export interface HtpasswdUsers extends UserSource {
  /** Reads the file. Rejects with `AUTH_USERS_UNREADABLE` if it is missing or has a line that cannot be used. */
  load(): Promise<void>;
}

/** How often the file is looked at, while there are requests. */
const lookEveryMs = 1000;

const optionRules: Rules<HtpasswdUsersOptions> = {
  roles: anyObject,
  pool: withFunctions(['check']),
  clock: withFunctions(['now']),
  log: withFunctions(['info', 'error']),
};

/**
 * The users of an `htpasswd` file: bcrypt, argon2id, SHA-crypt and apr1. A change of the file takes effect within a
 * second; a file that cannot be used is logged, and the users stay as they were. Call `load` before the first request.
 * Throws `AUTH_OPTION_INVALID`.
 */
export function htpasswdUsers(path: string, options: HtpasswdUsersOptions = {}): HtpasswdUsers {
  const fault = anyText.fault(path, 'path');
  if (fault !== null) throw optionError(fault);
  checkOptions(options, optionRules, optionError);
  return new FileUsers(path, options);
}

class FileUsers implements HtpasswdUsers {
  private table: UserTable;
  private version = 0;
  private seen = '';
  private lookAt = Number.POSITIVE_INFINITY; // until `load` is called
  private looking: Promise<void> | null = null;
  private readonly path: string;
  private readonly roles: RoleMembers;
  private readonly pool: PasswordPool;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly log: HtpasswdUsersOptions['log'];

  constructor(
    path: string,
    { roles = {}, pool = sharedPasswordPool(), clock = systemClock, log }: HtpasswdUsersOptions,
  ) {
    this.path = path;
    this.roles = structuredClone(roles);
    this.pool = pool;
    this.clock = clock;
    this.log = log;
    this.table = createUserTable(new Map(), {}, pool);
  }

  async load(): Promise<void> {
    this.seen = '';
    await this.read();
  }

  private async read(): Promise<void> {
    this.lookAt = this.clock.now() + lookEveryMs;
    const { mtimeMs, size, ino } = await stat(this.path).catch((error: unknown) => this.fail('cannot be read', error));
    const seen = `${mtimeMs} ${size} ${ino}`;
    if (seen === this.seen) return;
    this.seen = seen; // also of a file that cannot be used, which is told once
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => this.fail('cannot be read', error));
    const { entries, faults } = parseHtpasswd(text);
    if (faults.length > 0) this.fail(faults.slice(0, 5).join('; '));
    this.table = createUserTable(entries, this.roles, this.pool);
    this.version += 1;
  }

  current(): number {
    this.look();
    return this.version;
  }

  find(name: string): ReturnType<UserTable['find']> {
    this.look();
    return this.table.find(name);
  }

  async verify(...credentials: Parameters<UserTable['verify']>): ReturnType<UserTable['verify']> {
    this.look();
    await this.looking; // so that somebody who was just added can log in
    return this.table.verify(...credentials);
  }

  /** Looks at the file if the last time was long ago. No timer: a server without requests looks at nothing. */
  private look(): void {
    if (this.looking !== null || this.clock.now() < this.lookAt) return;
    const before = this.version;
    this.looking = this.read()
      .then(
        () => {
          if (this.version !== before) this.log?.info('The users were read again', { file: this.path });
        },
        (error: Error) => this.log?.error('The users stay as they were', { file: this.path, error }),
      )
      .finally(() => {
        this.looking = null;
      });
  }

  private fail(why: string, cause?: unknown): never {
    throw authError('AUTH_USERS_UNREADABLE', `${this.path}: ${why}`, cause);
  }
}
