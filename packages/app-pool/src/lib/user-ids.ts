import { readFileSync } from 'node:fs';

/** The ids by which a process runs as somebody else. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
  /** Its folder; `null` if the user is a number that has no entry. */
  readonly home: string | null;
}

/** The files that are looked at, for tests. */
export interface UserFiles {
  readonly passwd: string;
  readonly group: string;
}

const systemFiles: UserFiles = { passwd: '/etc/passwd', group: '/etc/group' };

/** Looks up a user and a group by name or number; without a group, it is the user's own. Returns what is wrong as a text. */
export function findUser(user: string | null, group: string | null, files: UserFiles = systemFiles): UserIds | string {
  const entry = user === null ? undefined : entryOf(files.passwd, user, 2);
  if (user !== null && entry === undefined && !isNumber(user)) return `there is no user ${user} on this machine`;
  const groupEntry = group === null ? undefined : entryOf(files.group, group, 2);
  if (group !== null && groupEntry === undefined && !isNumber(group))
    return `there is no group ${group} on this machine`;
  const uid = Number(entry?.[2] ?? user ?? process.getuid?.() ?? 0);
  const gid = group === null ? entry?.[3] : (groupEntry?.[2] ?? group);
  if (gid === undefined) return `expected a group too, since user ${user} has no entry in ${files.passwd}`;
  return { uid, gid: Number(gid), home: entry?.[5] ?? null };
}

function isNumber(text: string): boolean {
  return /^[0-9]{1,10}$/.test(text);
}

/** The fields of the line whose name or number is that. */
function entryOf(file: string, name: string, idField: number): readonly string[] | undefined {
  const lines = readFileSync(file, 'utf8').split('\n');
  const entries = lines.map((line) => line.split(':'));
  return entries.find(([first]) => first === name) ?? entries.find((fields) => fields[idField] === name);
}
