import type { RuleUser } from '../access/access-rule.ts';
import type { Reply } from '../protocol/format-reply.ts';
import { parseHost } from '../protocol/parse-address.ts';
import type { CommandHandler } from './command-handlers.ts';
import type { FtpSession } from './ftp-session.ts';
import { userKey } from './ftp-settings.ts';

const wrong: Reply = { code: 530, text: 'The name or the password is wrong.' };

/** Names of those who have no account (RFC 1635). */
const anonymousNames = new Set(['anonymous', 'ftp']);

/** Who logs in, to which host, and with which protection. */
export const loginCommands = {
  async USER(session, argument) {
    if (session.user !== null) session.resetLogin();
    const isAnonymous = isAnonymousHere(session, argument);
    if (session.settings.security === 'credentials' && !session.isSecure && !isAnonymous)
      return { code: 530, text: 'A login needs TLS here: send AUTH TLS first.' };
    const known = await byCertificate(session, argument);
    if (known !== null) return logIn(session, known, 232);
    session.givenName = argument;
    return { code: 331, text: isAnonymous ? 'Send your address as the password.' : 'Send the password.' };
  },

  async PASS(session, argument) {
    const name = session.givenName;
    if (session.user !== null) return { code: 202, text: 'You are logged in.' };
    if (name === null) return { code: 503, text: 'Send USER first.' };
    session.givenName = null;
    if (isAnonymousHere(session, name)) return logIn(session, { name: 'anonymous', isAnonymous: true }, 230);
    // The others of its sessions may have failed meanwhile.
    if (session.settings.guard?.isShutOut(session.remoteAddress) === true) return shutOut(session);
    let user: RuleUser | null;
    try {
      user = (await session.site.users?.verify(name, argument, session.remoteAddress)) ?? null;
    } catch (error) {
      session.settings.log.warn('A login of FTP could not be checked', { error });
      return { code: 451, text: 'The login cannot be checked now.' };
    }
    return user === null ? refuse(session, name) : logIn(session, user, 230);
  },

  ACCT: () => ({ code: 202, text: 'No account is needed.' }),

  HOST(session, argument) {
    if (session.user !== null) return { code: 503, text: 'Send HOST before the login.' };
    const name = parseHost(argument);
    if (name === null) return { code: 501, text: 'This is not the name of a host.' };
    const { hosts, site } = session.settings;
    const chosen = hosts.get(name) ?? (hosts.size === 0 ? site : undefined);
    if (chosen === undefined) return { code: 504, text: 'This host is not served here.' };
    session.host = name;
    session.site = chosen;
    session.givenName = null;
    return { code: 220, text: chosen.greeting };
  },

  AUTH(session, argument, command) {
    if (session.settings.tls === null) return { code: 502, text: 'There is no TLS here.' };
    if (session.isSecure) return { code: 503, text: 'The connection has TLS already.' };
    if (!/^(TLS(-C|-P)?|SSL)$/i.test(argument.trim())) return { code: 504, text: 'Only AUTH TLS is known.' };
    session.isProtected = /^(SSL|TLS-P)$/i.test(argument.trim());
    session.hasBufferSize = session.isProtected;
    command.afterwards = () => session.upgrade();
    return { code: 234, text: 'Begin the TLS handshake.' };
  },

  PBSZ(session) {
    if (!session.isSecure) return { code: 503, text: 'Send AUTH TLS first.' };
    session.hasBufferSize = true;
    return { code: 200, text: 'PBSZ=0' };
  },

  PROT(session, argument) {
    const level = argument.trim().toUpperCase();
    if (!session.isSecure || !session.hasBufferSize) return { code: 503, text: 'Send PBSZ first.' };
    if (level === 'S' || level === 'E') return { code: 536, text: 'TLS does not have this level.' };
    if (level !== 'P' && level !== 'C') return { code: 504, text: 'This level is not known.' };
    if (level === 'C' && session.settings.security === 'required')
      return { code: 534, text: 'Data connections need TLS here.' };
    session.isProtected = level === 'P';
    return { code: 200, text: `The level is ${level}.` };
  },

  CCC: () => ({ code: 534, text: 'The control connection keeps its TLS.' }),

  REIN(session) {
    session.resetLogin();
    session.site = session.settings.site;
    session.host = null;
    return { code: 220, text: session.site.greeting };
  },
} satisfies Record<string, CommandHandler>;

function isAnonymousHere({ site }: FtpSession, name: string): boolean {
  return site.hasAnonymous && anonymousNames.has(name.toLowerCase());
}

async function byCertificate(session: FtpSession, name: string): Promise<RuleUser | null> {
  const certificate = session.connection.info.tls?.clientCertificate;
  if (certificate?.raw === null || certificate?.raw === undefined || certificate.fault !== null) return null;
  return (await session.site.users?.verifyCertificate?.(name, certificate.raw)) ?? null;
}

async function logIn(session: FtpSession, user: RuleUser, code: 230 | 232): Promise<Reply> {
  const { sharing, maxSessionsPerUser, log } = session.settings;
  const given = await session.site.filesOf(user);
  if (given === null) {
    const folder = session.site.folderOf(user);
    log.warn('A user of FTP has no folder', { user: user.name, ...(folder === null ? {} : { folder }) });
    return { code: 530, text: 'You have no folder here.' };
  }
  const key = userKey(session.settings, user);
  if (!(await sharing.counts.add(key, 1, maxSessionsPerUser)))
    return { code: 530, text: 'You have too many sessions.' };
  if (!session.isOpen) {
    sharing.counts.remove(key, 1); // nobody else would
    return { code: 421, text: 'The session is over.' };
  }
  session.user = user;
  session.files = given.files;
  session.folder = given.start;
  return { code, text: 'You are logged in.' };
}

function refuse(session: FtpSession, name: string): Reply | null {
  const { guard, log } = session.settings;
  log.warn('A login of FTP failed', { user: name, address: session.remoteAddress });
  return guard?.fail(session.remoteAddress) === true ? shutOut(session) : wrong;
}

function shutOut(session: FtpSession): Reply {
  const reply = { code: 421, text: 'Too many logins failed: come back later.' };
  session.finish(reply);
  return reply; // for the log: it is sent already
}
