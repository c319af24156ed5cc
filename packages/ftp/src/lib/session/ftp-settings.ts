import type { Clock, Connection, Handler, Logger } from '@windhover/core';
import type { TimerWheel, Tls } from '@windhover/transport';
import type { FtpRule, RuleUser } from '../access/access-rule.ts';
import type { FailureGuard } from '../access/failure-guard.ts';
import type { FtpSharing } from '../counts/ftp-counts.ts';
import type { FtpFileSystem } from '../files/file-system.ts';
import type { ListingStyle } from '../transfer/format-listing.ts';
import type { ChannelEvent } from './channel-event.ts';
import type { FtpCommand } from './ftp-command.ts';

/** Checks names and passwords; the users of `@windhover/auth` do. */
export interface FtpUsers {
  /** `null`: the name or the password is wrong. Rejects if it cannot decide now. */
  verify(name: string, password: string, client: string): RuleUser | null | Promise<RuleUser | null>;
  /** The user that a client certificate (DER, verified) stands for; without a password then. `null`: the password decides. */
  verifyCertificate?(name: string, certificate: Uint8Array): RuleUser | null | Promise<RuleUser | null>;
}

/** The files of one user, and the folder in which a session begins. */
export interface UserFiles {
  readonly files: FtpFileSystem;
  readonly start: string;
}

/** One host: what `HOST` chooses (RFC 7151). */
export interface ResolvedSite {
  readonly users: FtpUsers | null;
  readonly hasAnonymous: boolean;
  readonly rules: readonly FtpRule[];
  readonly greeting: readonly string[];
  /** `null`: this user has no files. */
  filesOf(user: RuleUser): Promise<UserFiles | null>;
  /** Where the files of a user must be, for messages; `null`: their name can be that of no folder, or a function says it. */
  folderOf(user: RuleUser): string | null;
}

/** What all sessions of a server share. */
export interface FtpSettings {
  readonly site: ResolvedSite;
  readonly hosts: ReadonlyMap<string, ResolvedSite>;
  /** The TLS of new sessions; `null`: there is none. */
  readonly tls: (() => Tls) | null;
  readonly security: 'required' | 'credentials' | 'optional' | 'none';
  /** Whether data connections with TLS must resume a session. */
  readonly mustResume: boolean;
  readonly checksDataAddress: boolean;
  readonly passivePorts: readonly [number, number] | null;
  readonly publicAddress: string | null;
  readonly allowsActive: boolean;
  readonly listingStyle: ListingStyle;
  readonly maxLineBytes: number;
  readonly maxSessions: number;
  readonly maxSessionsPerAddress: number;
  readonly maxSessionsPerUser: number;
  readonly maxBytesPerSecond: number | null;
  readonly minBytesPerSecond: number;
  readonly maxFileBytes: number | null;
  readonly idleMs: number;
  readonly dataMs: number;
  readonly loginMs: number;
  readonly guard: FailureGuard | null;
  readonly sharing: FtpSharing;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly log: Logger;
  /** Hears of connections. Never throws. */
  readonly onChannel: (event: ChannelEvent) => void;
  /** Runs a command: the middleware, then the command itself. */
  readonly handle: Handler<FtpCommand>;
  /** Takes a new connection: the middleware, then the limits of sessions and the greeting. */
  readonly handleConnection: Handler<Connection>;
}

/** Under which key the sessions of a user are counted. */
export function userKey({ sharing }: Pick<FtpSettings, 'sharing'>, { name }: RuleUser): string {
  return `${sharing.name} user ${name}`;
}
