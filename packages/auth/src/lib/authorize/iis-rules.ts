import type { AccessRule, Condition } from './access-rule.ts';

/** One `<add>` of `<security><authorization>` in a `web.config`. */
export interface IisRule {
  readonly accessType: 'Allow' | 'Deny';
  /** Names with commas between: `*` is everybody, `?` everybody who has not logged in. */
  readonly users?: string;
  readonly roles?: string;
  readonly verbs?: string;
}

/**
 * The rules of IIS' URL authorization: folders inherit those of the folders above, all Deny rules come first, from the
 * top down, then the Allow rules. Use them with `ignoreCase`. Where IIS allows everybody by its own default, write
 * that rule.
 *
 * @param folders the rules of each folder by its path, `/` for the whole site
 */
export function iisRules(folders: Readonly<Record<string, readonly IisRule[]>>): readonly AccessRule[] {
  const paths = Object.keys(folders).sort((one, other) => one.length - other.length);
  const written = paths.flatMap((path) => folders[path]!.map((rule) => ({ path, rule })));
  const denies = written.filter(({ rule }) => rule.accessType === 'Deny');
  const allows = written.filter(({ rule }) => rule.accessType === 'Allow');
  return [
    ...denies.flatMap(({ path, rule }) => conditions(path, rule).map((who): AccessRule => ({ deny: who }))),
    ...allows.flatMap(({ path, rule }) => conditions(path, rule).map((who): AccessRule => ({ allow: who }))),
  ];
}

/** One condition for the users and one for the roles: IIS takes either. */
function conditions(path: string, { users, roles, verbs }: IisRule): readonly Condition[] {
  const where: Condition = {
    ...(path === '/' ? {} : { path }),
    ...(verbs === undefined ? {} : { method: namesOf(verbs).map((verb) => verb.toUpperCase()) }),
  };
  const found: Condition[] = [];
  const names = namesOf(users ?? '');
  const persons = names.filter((name) => name !== '*' && name !== '?');
  if (names.includes('*') || (users === undefined && roles === undefined)) found.push(where);
  if (names.includes('?')) found.push({ ...where, login: false });
  if (persons.length > 0) found.push({ ...where, user: persons });
  const groups = namesOf(roles ?? '');
  if (groups.length > 0) found.push({ ...where, role: groups });
  return found;
}

function namesOf(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
