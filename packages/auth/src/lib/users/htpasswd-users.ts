import { type Clock, type Logger, systemClock } from '@windhover/core';
import { anyObject, anyText, checkOptions, type Rules, withFunctions } from '@windhover/options';
import { optionError } from '../errors.ts';
import { type PasswordPool, sharedPasswordPool } from '../password/password-pool.ts';
import { parseHtpasswd } from './parse-htpasswd.ts';
import type { UserSource } from './user-source.ts';
import { createUserTable, type RoleMembers, type UserTable } from './user-table.ts';
import { type FileContent, WatchedFile } from './watched-file.ts';

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

const optionRules: Rules<HtpasswdUsersOptions> = {
  roles: anyObject,
  pool: withFunctions(['check']),
  clock: withFunctions(['now']),
  log: withFunctions(['info', 'error']),
};

/**
 * The users of an `htpasswd` file: bcrypt, argon2id, SHA-crypt and apr1. A change of the file takes effect within a
 * second; a file that cannot be used is logged, and the users stay as they were. Call `load` before the first request to hear
 * of a file that cannot be used; otherwise the first login loads it, and gets 503 if it cannot. Throws `AUTH_OPTION_INVALID`.
 */
export function htpasswdUsers(path: string, options: HtpasswdUsersOptions = {}): HtpasswdUsers {
  const fault = anyText.fault(path, 'path');
  if (fault !== null) throw optionError(fault);
  checkOptions(options, optionRules, optionError);
  return new FileUsers(path, options);
}

class FileUsers implements HtpasswdUsers {
  private readonly file: WatchedFile<UserTable>;

  constructor(path: string, options: HtpasswdUsersOptions) {
    const { pool = sharedPasswordPool(), clock = systemClock, log } = options;
    const roles = structuredClone(options.roles ?? {});
    const parse = (text: string): FileContent<UserTable> => {
      const { entries, faults } = parseHtpasswd(text);
      return { value: createUserTable(entries, roles, pool), faults };
    };
    this.file = new WatchedFile(path, createUserTable(new Map(), {}, pool), parse, { clock, log });
  }

  load(): Promise<void> {
    return this.file.load();
  }

  current(): number {
    this.file.look();
    return this.file.version;
  }

  /** Nobody is found before the file is loaded: this cannot wait. */
  find(name: string): ReturnType<UserTable['find']> {
    if (!this.file.isLoaded) void this.file.looked().catch(() => undefined); // logged there
    this.file.look();
    return this.file.value.find(name);
  }

  names(): readonly string[] {
    this.file.look();
    return this.file.value.names();
  }

  async verify(...credentials: Parameters<UserTable['verify']>): ReturnType<UserTable['verify']> {
    await this.file.looked(); // so that somebody who was just added can log in
    return this.file.value.verify(...credentials);
  }
}
