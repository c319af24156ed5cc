import { contextKey } from '@windhover/core';

/** Who sends a request. Shared by requests, so it must not be changed. */
export interface User {
  readonly name: string;
  /** The groups that rules may ask for. Default: none. */
  readonly roles?: readonly string[];
  /** More that the scheme knows, for instance the claims of a token. Default: nothing. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The user of the exchange. Access logs, limits by user and applications read it. */
export const userKey = contextKey<User>('auth.user');
