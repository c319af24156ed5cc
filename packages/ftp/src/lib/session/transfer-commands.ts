import { randomBytes } from 'node:crypto';
import { FtpError } from '../errors.ts';
import { FileError, replyToFault } from '../files/file-error.ts';
import type { FileFacts, FtpFileSystem, WriteOptions } from '../files/file-system.ts';
import { compileGlob, parseGlob } from '../files/glob.ts';
import type { Reply } from '../protocol/format-reply.ts';
import type { DataConnection } from '../transfer/data-connection.ts';
import { formatFacts, formatMsDos, formatUnix } from '../transfer/format-listing.ts';
import { openData } from '../transfer/open-data.ts';
import { createPace, type Pace } from '../transfer/pace.ts';
import { receiveFile } from '../transfer/receive-file.ts';
import { sendFile } from '../transfer/send-file.ts';
import { sendLines } from '../transfer/send-lines.ts';
import { Transfer } from '../transfer/transfer.ts';
import type { CommandHandler } from './command-handlers.ts';
import { pathFor } from './file-commands.ts';
import type { FtpSession } from './ftp-session.ts';
import type { RunningCommand } from './running-command.ts';

/** What needs a data connection, and where it begins. */
export const transferCommands = {
  REST(session, argument) {
    if (!/^\d{1,15}$/.test(argument.trim())) return { code: 501, text: 'This is not a number of bytes.' };
    if (session.isAscii && Number(argument) > 0)
      return { code: 501, text: 'Only binary transfers are resumed: send TYPE I first.' };
    session.restartAt = Number(argument);
    return { code: 350, text: `The next transfer begins at ${session.restartAt}.` };
  },

  async RETR(session, argument, command) {
    const startAt = takeStart(session);
    const path = pathFor('read', session, argument, command);
    const reader = await session.files!.read(path, startAt);
    try {
      return await transferring(
        session,
        command,
        path,
        `Sending ${reader.facts.size - startAt} bytes.`,
        async (data, transfer) => {
          const options = { startAt, isAscii: session.isAscii, pace: paceOf(session), onSent: counting(transfer) };
          await sendFile(reader, data, options);
        },
      );
    } finally {
      await reader.close();
    }
  },

  STOR: (session, argument, command) => upload(session, argument, command, { startAt: takeStart(session) }),
  APPE(session, argument, command) {
    takeStart(session);
    return upload(session, argument, command, { append: true });
  },
  /** A name that is not taken; the reply before the transfer tells it. */
  STOU(session, _argument, command) {
    takeStart(session);
    return upload(session, `upload-${randomBytes(8).toString('hex')}`, command, { exclusive: true }, 'FILE: ');
  },

  LIST(session, argument, command) {
    const { listingStyle, clock } = session.settings;
    const now = clock.now();
    const format = (facts: FileFacts): string =>
      listingStyle === 'msdos' ? formatMsDos(facts) : formatUnix(facts, now);
    return listMatching(session, argument, command, () => format);
  },

  /** Names that a pattern fits are sent with the folder that stands before it, so that a client can ask for them as they are. */
  NLST: (session, argument, command) =>
    listMatching(
      session,
      argument,
      command,
      (folder) =>
        ({ name }) =>
          folder + name,
    ),

  MLSD(session, argument, command) {
    const format = (facts: FileFacts, path: string): string =>
      `${formatFacts(facts, session.facts, { read: true, write: session.may('write', path) })} ${facts.name}`;
    return list(session, argument, command, format, { foldersOnly: true });
  },
} satisfies Record<string, CommandHandler>;

async function upload(
  session: FtpSession,
  argument: string,
  command: RunningCommand,
  options: WriteOptions,
  prefix = 'Receiving ',
): Promise<Reply> {
  const path = pathFor('write', session, argument, command);
  if (session.files!.write === undefined) throw new FileError('read-only');
  if (session.dataSource === null) return noData;
  const { maxFileBytes } = session.settings;
  const writer = await session.files!.write(path, { ...options, keepsReplaced: maxFileBytes !== null });
  let isWhole = false;
  let isRefused = false;
  try {
    const told = prefix === 'FILE: ' ? argument : path;
    return await transferring(session, command, path, `${prefix}${told}`, async (data, transfer) => {
      const maxBytes = maxFileBytes === null ? null : maxFileBytes - (await beginOf(session.files!, path, options));
      await receiveFile(writer, data, {
        isAscii: session.isAscii,
        maxBytes,
        pace: paceOf(session),
        onReceived: counting(transfer),
      }).catch((error) => {
        isRefused = error instanceof FileError && error.fault === 'quota';
        throw error;
      });
      isWhole = true;
      await writer.commit();
      await data.finish();
    });
  } finally {
    if (!isWhole) await writer.abort(isRefused);
  }
}

/** How many bytes stand before those that come. The file is open, so nobody else moves the end that is appended to. */
async function beginOf(files: FtpFileSystem, path: string, { append, startAt = 0 }: WriteOptions): Promise<number> {
  return append === true ? ((await files.stat(path))?.size ?? 0) : startAt;
}

type Format = (facts: FileFacts, path: string) => string;

/** Lists a path, or what a pattern fits if there is nothing of that name. Options of `ls` before it are passed over. */
async function listMatching(
  session: FtpSession,
  argument: string,
  command: RunningCommand,
  formatIn: (folder: string) => Format,
): Promise<Reply> {
  const asked = argument.replace(/^-\S*\s*/, '');
  const glob = parseGlob(asked);
  if (glob === null || (await isThere(session, pathFor('read', session, asked, command))))
    return list(session, asked, command, formatIn(''));
  const { folder, pattern } = glob;
  return list(session, folder, command, formatIn(folder), { fits: compileGlob(pattern) });
}

/** Windows has no names with the characters of a pattern. */
async function isThere(session: FtpSession, path: string): Promise<boolean> {
  try {
    return (await session.files!.stat(path)) !== null;
  } catch (error) {
    if (error instanceof FileError && error.fault === 'bad-name') return false;
    throw error;
  }
}

async function list(
  session: FtpSession,
  argument: string,
  command: RunningCommand,
  format: Format,
  { foldersOnly = false, fits = () => true }: { foldersOnly?: boolean; fits?: (name: string) => boolean } = {},
): Promise<Reply> {
  const path = pathFor('read', session, argument, command);
  const facts = await session.files!.stat(path);
  if (facts === null) throw new FileError('not-found');
  if (facts.kind === 'file' && foldersOnly) return { code: 501, text: 'It is not a folder.' };
  return transferring(session, command, path, 'Here is the listing.', async (data, transfer) => {
    async function* lines(): AsyncGenerator<string> {
      if (facts!.kind === 'file') return yield format(facts!, path);
      for await (const entry of session.files!.list(path)) {
        if (!fits(entry.name)) continue;
        const place = path === '/' ? `/${entry.name}` : `${path}/${entry.name}`;
        if (session.may('read', place)) yield format(entry, place);
      }
    }
    await sendLines(lines(), data, counting(transfer));
    await data.finish();
  });
}

const noData: Reply = { code: 425, text: 'Send EPSV, PASV, EPRT or PORT first.' };

/** Opens the data connection, lets `work` use it, and turns what became of it into a reply. */
async function transferring(
  session: FtpSession,
  command: RunningCommand,
  path: string,
  announcement: string,
  work: (data: DataConnection, transfer: Transfer) => Promise<void>,
): Promise<Reply> {
  const { dataSource: source, settings } = session;
  if (source === null) return noData;
  if (settings.security === 'required' && !session.isProtected)
    return { code: 521, text: 'Data connections need TLS here: send PROT P.' };
  session.dataSource = null;
  const transfer = new Transfer(command.verb, path, source, settings.clock.now());
  command.transfer = transfer;
  session.transfer = transfer;
  if (session.hasLeft) transfer.abort(); // its data connection would be waited for in vain
  command.reply(150, announcement);
  let data: DataConnection | null = null;
  try {
    data = await openData(session, transfer);
    await work(data, transfer);
    return { code: 226, text: 'The transfer is complete.' };
  } catch (error) {
    data?.destroy();
    if (transfer.isAborted) return { code: 426, text: 'The transfer was aborted.' };
    if (error instanceof FileError) return replyToFault(error);
    if (data === null) return unopened(session, error);
    return { code: 426, text: `The transfer broke off${error instanceof FtpError ? ` (${error.message})` : ''}.` };
  } finally {
    source.close();
    data?.release();
  }
}

/** Such clients tell their user of a failure of TLS only: `SSL: SHUTDOWN_WHILE_IN_INIT`. */
const forLackOfReuse =
  ". For clients that cannot resume TLS sessions, such as Python's ftplib, set `requireSessionReuse: false`";

function unopened(session: FtpSession, error: unknown): Reply {
  const isReuse = error instanceof FtpError && error.message.includes('resume');
  session.settings.log.info(`A transfer of FTP could not begin${isReuse ? forLackOfReuse : ''}`, {
    address: session.remoteAddress,
    error,
  });
  return isReuse
    ? { code: 522, text: 'The data connection must resume the TLS session of the control connection.' }
    : { code: 425, text: 'The data connection did not come about.' };
}

function takeStart(session: FtpSession): number {
  const { restartAt } = session;
  session.restartAt = 0;
  return restartAt;
}

function paceOf({ settings: { maxBytesPerSecond, clock } }: FtpSession): Pace | null {
  return maxBytesPerSecond === null ? null : createPace(maxBytesPerSecond, clock);
}

function counting(transfer: Transfer): (bytes: number) => void {
  return (bytes) => {
    transfer.bytes += bytes;
  };
}
