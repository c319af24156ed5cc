import type { ResourceKind } from '@windhover/core/feature';
import type { UserSource } from './user-source.ts';

/** The kind of `users`: accounts that a configuration defines once and names where they are needed. */
export const userSourceKind: ResourceKind<UserSource> = { key: 'users', noun: 'a list of users' };
