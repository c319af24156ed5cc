import { isWithin } from '../files/ftp-path.ts';

/** Who is logged in, as far as rules ask. */
export interface RuleUser {
  readonly name: string;
  readonly roles?: readonly string[];
  readonly isAnonymous?: boolean;
}

/** One authorization rule. Whoever fits a rule that denies is refused, whatever else allows. */
export interface FtpRule {
  /** Default: `allow`. */
  readonly access?: 'allow' | 'deny';
  /** Names of users; `*` is everybody, `?` who is anonymous. Default: everybody, unless there are `roles`. */
  readonly users?: readonly string[];
  /** Default: none. */
  readonly roles?: readonly string[];
  /** Default: both. */
  readonly to?: readonly ('read' | 'write')[];
  /** The folder that the rule is about, with all below it. Default: `/`. */
  readonly path?: string;
}

/** Whether a user may read or write there. Rules that deny come first; without a rule that allows, nobody may. */
export function mayAccess(rules: readonly FtpRule[], user: RuleUser, to: 'read' | 'write', path: string): boolean {
  const asked = rules.filter((rule) => fitsRule(rule, user, to, path));
  return asked.length > 0 && asked.every(({ access = 'allow' }) => access === 'allow');
}

/** Whether a rule is about this user, there. */
export function fitsRule(rule: FtpRule, user: RuleUser, to: 'read' | 'write', path: string): boolean {
  return (rule.to ?? ['read', 'write']).includes(to) && isBelow(path, rule.path ?? '/') && isAbout(rule, user);
}

/** Where disks do not tell capitals apart, neither do rules: otherwise `/SECRET` would be a way around one about `/secret`. */
function isBelow(path: string, folder: string): boolean {
  if (process.platform !== 'win32' && process.platform !== 'darwin') return isWithin(path, folder);
  const fold = (text: string): string => text.normalize('NFC').toLowerCase();
  return isWithin(fold(path), fold(folder));
}

function isAbout({ users, roles }: FtpRule, user: RuleUser): boolean {
  if (users === undefined && roles === undefined) return true;
  const named = (users ?? []).some(
    (name) => name === '*' || (name === '?' ? user.isAnonymous === true : name === user.name),
  );
  return named || (roles ?? []).some((role) => user.roles?.includes(role) === true);
}
