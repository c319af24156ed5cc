import { namesOf } from '../files/ftp-path.ts';
import type { RuleUser } from './access-rule.ts';

/** Where the files of a user begin, as IIS' five modes of user isolation have it. */
export type Isolation =
  /** All users share one root. */
  | 'none'
  /** They share it, and begin in the folder of their name if there is one. */
  | 'start-in-user-folder'
  /** Each has the folder of their name for a root; virtual folders of the server are there too. */
  | 'isolate-root'
  /** The same, without virtual folders. */
  | 'isolate-all'
  /** The application says where. */
  | 'custom';

/** Where a user begins: `root` becomes `/`, and the session begins in `start`. */
export interface UserRoot {
  readonly root: string;
  readonly start: string;
  readonly hasVirtualFolders: boolean;
}

/**
 * The root of a user below that of the server: `/LocalUser/NAME`, or `/LocalUser/Public` for who is anonymous. `null`: the name cannot be one of a
 * folder, so the user has none.
 */
export function userRoot(isolation: Exclude<Isolation, 'custom'>, user: RuleUser): UserRoot | null {
  if (isolation === 'none') return { root: '/', start: '/', hasVirtualFolders: true };
  const name = user.isAnonymous === true ? 'Public' : user.name;
  if (!isFolderName(name)) return isolation === 'start-in-user-folder' ? userRoot('none', user) : null;
  // A user with the name `Public` would have the files of everybody who is anonymous.
  if (user.isAnonymous !== true && name.toLowerCase() === 'public' && isolation !== 'start-in-user-folder') return null;
  if (isolation === 'start-in-user-folder') return { root: '/', start: `/${name}`, hasVirtualFolders: true };
  return { root: `/LocalUser/${name}`, start: '/', hasVirtualFolders: isolation === 'isolate-root' };
}

function isFolderName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0\r\n:]/.test(name) && namesOf(`/${name}`).length === 1;
}
