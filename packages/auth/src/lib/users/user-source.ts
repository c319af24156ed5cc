import type { User } from '../user.ts';

/** Accounts with passwords, shared by sites, schemes and servers. */
export interface UserSource {
  /**
   * The user with that name and password; `null` if either is wrong, after the same time. `client` is the address of
   * who asks, for fair limits. Rejects with an `HttpError` if it cannot decide now.
   */
  verify(name: string, password: string, client: string): User | null | Promise<User | null>;
  /** The user with that name, for schemes that prove it by other means; `null` if there is none. */
  find(name: string): User | null;
  /** The names of all accounts, for a list of who may log in. Default: they are not known. */
  names?(): readonly string[];
  /** A number that changes with the accounts. Caches of credentials ask for it on every request. */
  current(): number;
}
