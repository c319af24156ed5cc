import { readFileSync } from 'node:fs';
import {
  checkPassword,
  editHtpasswd,
  type Htpasswd,
  hashPassword,
  type NewPasswordHashKind,
  parseHtpasswd,
  passwordHashKind,
} from '@windhover/auth';
import { editFile } from '../edit-file.ts';
import { readPassword } from '../read-password.ts';
import { type CommandInput, defineCommand } from './command.ts';

const kinds: readonly NewPasswordHashKind[] = ['bcrypt', 'argon2id', 'sha512'];

interface Job extends Pick<CommandInput, 'env' | 'out' | 'err'> {
  readonly file: string;
  readonly name: string;
  readonly kind: NewPasswordHashKind;
}

/** `windhover users`: who is in an `htpasswd` file. */
export const usersCommand = defineCommand({
  name: 'users',
  summary: 'add, remove, list or verify the users of an htpasswd file',
  arguments: [
    { name: 'ACTION', summary: 'add, remove, list or verify', choices: ['add', 'remove', 'list', 'verify'] },
    { name: 'NAME', summary: 'the name of the user; list needs none', optional: true },
  ],
  options: {
    file: { type: 'string', value: 'file', summary: 'the file', default: 'users.htpasswd', completes: 'file' },
    hash: {
      type: 'string',
      value: 'kind',
      summary: 'how a new password is hashed; Apache reads bcrypt, nginx bcrypt and sha512',
      choices: kinds,
      default: 'bcrypt',
    },
  },
  details: 'The password is asked for, or it is the first line of the standard input, or WINDHOVER_PASSWORD.',
  examples: [
    'windhover users add ada --file admins.htpasswd',
    'windhover users verify ada --file admins.htpasswd',
    'windhover users list --file admins.htpasswd',
  ],
  async run({ options, arguments: [action, name = ''], env, out, err }) {
    const fault = action === 'list' ? null : faultOf(name);
    if (fault !== null) {
      err(`${fault}\n`);
      return 2;
    }
    const job: Job = { file: options.file, name, kind: options.hash as NewPasswordHashKind, env, out, err };
    try {
      return await actions[action as keyof typeof actions](job);
    } catch (error) {
      err(`Cannot use ${options.file}: ${(error as Error).message}\n`);
      return 1;
    }
  },
});

const actions = { add, remove, list, verify };

async function add(job: Job): Promise<number> {
  const { file, name, kind, out } = job;
  const password = await passwordFor(job);
  if (password === null) return 1;
  const hash = await hashPassword(password, kind);
  let isNew = true;
  editFile(file, (text) => {
    isNew = !read(text).entries.has(name);
    return editHtpasswd(text, name, hash);
  });
  out(`${isNew ? 'Added' : 'Changed the password of'} ${name} in ${file}.\n`);
  return 0;
}

function remove({ file, name, out, err }: Job): number {
  let isThere = false;
  editFile(file, (text) => {
    isThere = read(text).entries.has(name);
    return isThere ? editHtpasswd(text, name, null) : text;
  });
  if (isThere) out(`Removed ${name} from ${file}.\n`);
  else err(`There is no ${name} in ${file}.\n`);
  return isThere ? 0 : 1;
}

function list({ file, out, err }: Job): number {
  const { entries, faults } = parseHtpasswd(readFileSync(file, 'utf8'));
  const width = Math.max(0, ...[...entries.keys()].map(({ length }) => length));
  for (const [name, hash] of entries) out(`${name.padEnd(width)}  ${passwordHashKind(hash)}\n`);
  for (const fault of faults) err(`${file}, ${fault}\n`);
  return faults.length === 0 ? 0 : 1;
}

async function verify(job: Job): Promise<number> {
  const { file, name, out, err } = job;
  const hash = read(readFileSync(file, 'utf8')).entries.get(name);
  if (hash === undefined) {
    err(`There is no ${name} in ${file}.\n`);
    return 1;
  }
  const password = await passwordFor(job);
  if (password === null) return 1;
  const isRight = await checkPassword(password, hash);
  if (isRight) out('The password is right.\n');
  else err('The password is wrong.\n');
  return isRight ? 0 : 1;
}

async function passwordFor({ env, err }: Job): Promise<string | null> {
  const password = env['WINDHOVER_PASSWORD'] ?? (await readPassword(process.stdin, err));
  if (password !== null && password !== '') return password;
  err('There is no password.\n');
  return null;
}

/** A file with lines that the server would refuse must be mended before it is changed. */
function read(text: string): Htpasswd {
  const read = parseHtpasswd(text);
  if (read.faults.length > 0) throw new Error(read.faults.join('; '));
  return read;
}

function faultOf(name: string): string | null {
  if (name === '') return 'NAME is missing.';
  return /^[^:\s#][^:\p{Cc}]*$/u.test(name)
    ? null
    : `A name has no colon and no control characters, found ${JSON.stringify(name)}.`;
}
