import { createHash } from 'node:crypto';
import { FileError } from '../files/file-error.ts';
import type { FileFacts } from '../files/file-system.ts';
import { resolveFtpPath } from '../files/ftp-path.ts';
import { quotePath, type Reply } from '../protocol/format-reply.ts';
import { formatFtpTime, splitTimeAndName } from '../protocol/ftp-time.ts';
import { formatFacts } from '../transfer/format-listing.ts';
import type { CommandHandler } from './command-handlers.ts';
import type { FtpSession } from './ftp-session.ts';
import type { RunningCommand } from './running-command.ts';

const changeFolder: CommandHandler = (session, argument, command) =>
  enter(session, argument === '' ? '/' : argument, command);
const toParent: CommandHandler = (session, _argument, command) => enter(session, '..', command);
const tellFolder: CommandHandler = ({ folder }) => ({ code: 257, text: `${quotePath(folder)} is the current folder.` });

const makeFolder: CommandHandler = async (session, argument, command) => {
  const path = pathFor('write', session, argument, command);
  await changing(session, 'makeFolder')(path);
  return { code: 257, text: `${quotePath(path)} was made.` };
};

const removeFolder: CommandHandler = async (session, argument, command) => {
  await changing(session, 'removeFolder')(pathFor('write', session, argument, command));
  return { code: 250, text: 'The folder was removed.' };
};

/** Folders, and files without their content. */
export const fileCommands = {
  CWD: changeFolder,
  XCWD: changeFolder,
  CDUP: toParent,
  XCUP: toParent,
  PWD: tellFolder,
  XPWD: tellFolder,
  MKD: makeFolder,
  XMKD: makeFolder,
  RMD: removeFolder,
  XRMD: removeFolder,

  async DELE(session, argument, command) {
    await changing(session, 'removeFile')(pathFor('write', session, argument, command));
    return { code: 250, text: 'The file was removed.' };
  },

  async RNFR(session, argument, command) {
    const path = pathFor('write', session, argument, command);
    await found(session, path);
    session.renameFrom = path;
    return { code: 350, text: 'Send RNTO with the new name.' };
  },

  async RNTO(session, argument, command) {
    const to = pathFor('write', session, argument, command);
    await changing(session, 'rename')(session.renameFrom!, to);
    return { code: 250, text: 'It was renamed.' };
  },

  async SIZE(session, argument, command) {
    const path = pathFor('read', session, argument, command);
    if (session.isAscii) return { code: 550, text: 'The size in ASCII is not known: send TYPE I first.' };
    const facts = await found(session, path);
    if (facts.kind !== 'file') throw new FileError('not-a-file');
    return { code: 213, text: String(facts.size) };
  },

  /** Some clients set the time with it, `MDTM 20260131235959 name`, as long as there is no file with such a name. */
  async MDTM(session, argument, command) {
    const path = pathFor('read', session, argument, command);
    const facts = await session.files!.stat(path);
    const both = facts === null ? splitTimeAndName(argument) : null;
    if (both !== null) return setTime(session, both, command);
    if (facts === null) throw new FileError('not-found');
    return { code: 213, text: formatFtpTime(facts.modifiedMs) };
  },

  async MFMT(session, argument, command) {
    const both = splitTimeAndName(argument);
    return both === null
      ? { code: 501, text: 'Send a time as YYYYMMDDHHMMSS, and a name.' }
      : setTime(session, both, command);
  },

  async MLST(session, argument, command) {
    const path = pathFor('read', session, argument, command);
    const facts = await found(session, path);
    const rights = { read: true, write: session.may('write', path) };
    return { code: 250, text: ['Facts:', `${formatFacts(facts, session.facts, rights)} ${path}`, 'End'] };
  },

  async HASH(session, argument, command) {
    const path = pathFor('read', session, argument, command);
    const reader = await session.files!.read(path, 0);
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafeSlow(64 * 1024);
    try {
      for (let bytes = await reader.read(buffer); bytes > 0; bytes = await reader.read(buffer)) {
        if (session.hasLeft) return { code: 426, text: 'The client has gone.' };
        hash.update(buffer.subarray(0, bytes));
      }
    } finally {
      await reader.close();
    }
    return { code: 213, text: `SHA-256 0-${reader.facts.size} ${hash.digest('hex')} ${argument}` };
  },

  async SITE(session, argument, command) {
    const [name = '', ...rest] = argument.trim().split(' ');
    if (name.toUpperCase() === 'HELP') return { code: 214, text: ['These are known:', 'CHMOD HELP', 'End'] };
    if (name.toUpperCase() !== 'CHMOD') return { code: 504, text: 'This command of SITE is not known.' };
    const [mode = '', ...names] = rest;
    if (!/^0?[0-7]{3}$/.test(mode) || names.length === 0)
      return { code: 501, text: 'Send three octal digits and a name.' };
    await changing(session, 'setMode')(pathFor('write', session, names.join(' '), command), Number.parseInt(mode, 8));
    return { code: 200, text: 'The mode was set.' };
  },
} satisfies Record<string, CommandHandler>;

/** The path of an argument, if the user may read or write there. */
export function pathFor(to: 'read' | 'write', session: FtpSession, argument: string, command: RunningCommand): string {
  const path = resolveFtpPath(session.folder, argument);
  if (path === null) throw new FileError('bad-name');
  command.path = path;
  if (!session.may(to, path)) throw new FileError('denied');
  return path;
}

async function enter(session: FtpSession, argument: string, command: RunningCommand): Promise<Reply> {
  const path = pathFor('read', session, argument, command);
  const facts = await found(session, path);
  if (facts.kind !== 'folder') throw new FileError('not-a-folder');
  session.folder = path;
  return { code: 250, text: `${quotePath(path)} is the current folder.` };
}

async function found(session: FtpSession, path: string): Promise<FileFacts> {
  const facts = await session.files!.stat(path);
  if (facts === null) throw new FileError('not-found');
  return facts;
}

type Change = 'makeFolder' | 'removeFolder' | 'removeFile' | 'rename' | 'setModified' | 'setMode';

function changing<Name extends Change>(
  { files }: FtpSession,
  name: Name,
): NonNullable<NonNullable<FtpSession['files']>[Name]> {
  const call = files![name];
  if (call === undefined) throw new FileError('read-only');
  return (call as CallableFunction).bind(files) as NonNullable<NonNullable<FtpSession['files']>[Name]>;
}

async function setTime(
  session: FtpSession,
  { timeMs, name }: { readonly timeMs: number; readonly name: string },
  command: RunningCommand,
): Promise<Reply> {
  await changing(session, 'setModified')(pathFor('write', session, name, command), timeMs);
  return { code: 213, text: `Modify=${formatFtpTime(timeMs)}; ${name}` };
}
