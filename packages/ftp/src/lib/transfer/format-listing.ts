import type { FileFacts } from '../files/file-system.ts';
import { formatFtpTime } from '../protocol/ftp-time.ts';

/** How `LIST` writes an entry. */
export type ListingStyle = 'unix' | 'msdos';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const halfYearMs = 182 * 24 * 3600 * 1000;

/** A line as `ls -l` writes it. Times are UTC: a client cannot know the zone of the server. */
export function formatUnix({ name, kind, size, modifiedMs, mode }: FileFacts, nowMs: number): string {
  const bits = [...'rwxrwxrwx'].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('');
  const date = new Date(modifiedMs);
  const day = `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;
  const isRecent = modifiedMs <= nowMs + 24 * 3600 * 1000 && nowMs - modifiedMs < halfYearMs;
  const when = isRecent ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}` : ` ${date.getUTCFullYear()}`;
  return `${kind === 'folder' ? 'd' : '-'}${bits} 1 ftp ftp ${String(size).padStart(12)} ${day} ${when} ${name}`;
}

/** A line as IIS and `dir` write it, with the year in four digits. */
export function formatMsDos({ name, kind, size, modifiedMs }: FileFacts): string {
  const date = new Date(modifiedMs);
  const hours = date.getUTCHours();
  const day = `${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}-${date.getUTCFullYear()}`;
  const time = `${two(hours % 12 || 12)}:${two(date.getUTCMinutes())}${hours < 12 ? 'AM' : 'PM'}`;
  const what = kind === 'folder' ? '       <DIR>         ' : String(size).padStart(20).padEnd(21);
  return `${day}  ${time} ${what}${name}`;
}

/** The facts that `MLST` and `MLSD` can tell, in the order in which they are written (RFC 3659 §7.5). */
export const factNames = ['type', 'size', 'modify', 'perm', 'unique', 'UNIX.mode'] as const;
export type FactName = (typeof factNames)[number];

/** What a user may do with an entry. */
export interface EntryRights {
  readonly read: boolean;
  readonly write: boolean;
}

/** The facts of an entry, each with a semicolon; the name follows after a space (RFC 3659 §7.2). */
export function formatFacts(
  entry: FileFacts,
  wanted: ReadonlySet<FactName>,
  rights: EntryRights,
  type: 'file' | 'dir' | 'cdir' | 'pdir' = entry.kind === 'folder' ? 'dir' : 'file',
): string {
  const values: Record<FactName, string | null> = {
    type,
    size: entry.kind === 'file' ? String(entry.size) : null,
    modify: formatFtpTime(entry.modifiedMs),
    perm: permissions(entry.kind, rights),
    unique: entry.unique ?? null,
    'UNIX.mode': `0${(entry.mode & 0o777).toString(8).padStart(3, '0')}`,
  };
  return factNames
    .filter((fact) => wanted.has(fact) && values[fact] !== null)
    .map((fact) => `${fact}=${values[fact]};`)
    .join('');
}

/** RFC 3659 §7.5.5. */
function permissions(kind: FileFacts['kind'], { read, write }: EntryRights): string {
  if (kind === 'file') return `${write ? 'adf' : ''}${read ? 'r' : ''}${write ? 'w' : ''}`;
  return `${write ? 'cdf' : ''}${read ? 'el' : ''}${write ? 'mp' : ''}`;
}

/** The facts that `OPTS MLST` asks for; those that we do not have are left out (RFC 3659 §7.9). */
export function parseFactNames(argument: string): ReadonlySet<FactName> {
  const asked = new Set(argument.split(';').map((name) => name.trim().toLowerCase()));
  return new Set(factNames.filter((name) => asked.has(name.toLowerCase())));
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
