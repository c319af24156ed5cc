import { mayAccess } from '../access/access-rule.ts';
import { resolveFtpPath } from '../files/ftp-path.ts';
import { commandTable } from '../protocol/command-table.ts';
import { factNames, formatUnix, parseFactNames } from '../transfer/format-listing.ts';
import type { CommandHandler } from './command-handlers.ts';
import type { FtpSession } from './ftp-session.ts';

/** The most entries of a folder that `STAT` shows on the control connection. */
const maxStatEntries = 1000;

/** What says something about the server, and what sets how files are sent. */
export const generalCommands = {
  FEAT: (session) => ({ code: 211, text: ['Features:', ...features(session), 'End'] }),

  OPTS(session, argument) {
    const [name = '', ...rest] = argument.trim().split(/\s+/);
    const value = rest.join(' ');
    switch (name.toUpperCase()) {
      case 'UTF8':
      case 'UTF-8':
        return /^off$/i.test(value)
          ? { code: 504, text: 'Names are always UTF-8 here.' }
          : { code: 200, text: 'Names are UTF-8.' };
      case 'MLST': {
        session.facts = parseFactNames(value);
        const chosen = factNames.filter((fact) => session.facts.has(fact)).map((fact) => `${fact};`);
        return { code: 200, text: `MLST OPTS ${chosen.join('')}`.trimEnd() };
      }
      case 'HASH':
        return value === '' || value.toUpperCase() === 'SHA-256'
          ? { code: 200, text: 'SHA-256' }
          : { code: 504, text: 'Only SHA-256 is known.' };
      default:
        return { code: 501, text: 'This command has no options.' };
    }
  },

  HELP: () => ({ code: 214, text: ['These commands are known:', ...rows(Object.keys(commandTable)), 'End'] }),
  NOOP: () => ({ code: 200, text: 'Done.' }),
  SYST: () => ({ code: 215, text: 'UNIX Type: L8' }),

  QUIT(session) {
    session.finish({ code: 221, text: 'Goodbye.' });
    return { code: 221, text: 'Goodbye.' }; // for the log: it is sent already
  },

  TYPE(session, argument) {
    const type = argument.trim().toUpperCase().replace(/\s+/g, ' ');
    if (!/^(A( N)?|I|L 8)$/.test(type)) return { code: 504, text: 'Only the types A, I and L 8 are known.' };
    session.isAscii = type.startsWith('A');
    return { code: 200, text: `The type is ${session.isAscii ? 'ASCII' : 'binary'}.` };
  },

  MODE: (_session, argument) =>
    argument.trim().toUpperCase() === 'S'
      ? { code: 200, text: 'The mode is stream.' }
      : { code: 504, text: 'Only the mode S is known.' },

  STRU: (_session, argument) =>
    argument.trim().toUpperCase() === 'F'
      ? { code: 200, text: 'The structure is file.' }
      : { code: 504, text: 'Only the structure F is known.' },

  async ALLO(session, argument) {
    const [, bytes] = /^(\d{1,15})( R \d+)?$/i.exec(argument.trim()) ?? [];
    if (bytes === undefined) return { code: 501, text: 'This is not a number of bytes.' };
    const { maxFileBytes } = session.settings;
    if (maxFileBytes !== null && Number(bytes) > maxFileBytes)
      return { code: 552, text: 'Files may not be that long.' };
    const hasRoom = (await session.files?.hasRoom?.(session.folder, Number(bytes))) ?? true;
    if (!hasRoom) return { code: 552, text: 'There is no room for that.' };
    return { code: 202, text: 'No space has to be allocated.' };
  },

  SMNT: () => ({ code: 502, text: 'Nothing can be mounted.' }),

  async STAT(session, argument, command) {
    if (argument.trim() === '') return { code: 211, text: ['The session:', ...statusOf(session), 'End'] };
    const path = resolveFtpPath(session.folder, argument);
    command.path = path;
    if (path === null || !session.may('read', path)) return { code: 550, text: 'Access denied.' };
    const facts = await session.files!.stat(path);
    if (facts === null) return { code: 450, text: 'No such file or folder.' };
    const now = session.settings.clock.now();
    const lines: string[] = [];
    if (facts.kind === 'file') lines.push(formatUnix(facts, now));
    else {
      for await (const entry of session.files!.list(path)) {
        if (lines.length === maxStatEntries) break; // LIST shows all
        if (
          mayAccess(
            session.site.rules,
            session.user!,
            'read',
            path === '/' ? `/${entry.name}` : `${path}/${entry.name}`,
          )
        )
          lines.push(formatUnix(entry, now));
      }
    }
    return { code: facts.kind === 'file' ? 213 : 212, text: ['Status:', ...lines, 'End'] };
  },

  async ABOR(session) {
    const { transfer } = session;
    if (transfer !== null) {
      transfer.abort();
      await transfer.settled;
      return { code: 226, text: 'The transfer was aborted.' };
    }
    session.dropData();
    return { code: 225, text: 'Nothing is being transferred.' };
  },
} satisfies Record<string, CommandHandler>;

function features({ settings, facts }: FtpSession): readonly string[] {
  const marked = factNames.map((name) => `${name}${facts.has(name) ? '*' : ''};`).join('');
  return [
    ...(settings.tls === null ? [] : ['AUTH TLS', 'PBSZ', 'PROT']),
    'EPRT',
    'EPSV',
    'HASH SHA-256*',
    'HOST',
    'MDTM',
    'MFMT',
    `MLST ${marked}`,
    'REST STREAM',
    'SIZE',
    'TVFS',
    'UTF8',
  ];
}

function statusOf({ user, isSecure, isProtected, isAscii, transfer }: FtpSession): readonly string[] {
  return [
    user === null ? 'Nobody is logged in' : `Logged in as ${user.name}`,
    `TYPE: ${isAscii ? 'ASCII' : 'binary'}; STRU: file; MODE: stream`,
    `TLS of the control connection: ${isSecure ? 'yes' : 'no'}; of data connections: ${isProtected ? 'yes' : 'no'}`,
    transfer === null ? 'Nothing is being transferred' : `${transfer.verb} ${transfer.path}: ${transfer.bytes} bytes`,
  ];
}

function rows(words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < words.length; at += 10) lines.push(words.slice(at, at + 10).join(' '));
  return lines;
}
