import type { ChannelConsumer, Connection } from '@windhover/core';
import type { Deadline, Tls } from '@windhover/transport';
import { mayAccess, type RuleUser } from '../access/access-rule.ts';
import type { FtpFileSystem } from '../files/file-system.ts';
import { type CommandLine, CommandReader } from '../protocol/command-reader.ts';
import { type CommandState, isAnsweredDuringTransfer } from '../protocol/command-table.ts';
import { formatReply, type Reply } from '../protocol/format-reply.ts';
import type { DataSource } from '../transfer/data-source.ts';
import { type FactName, factNames } from '../transfer/format-listing.ts';
import type { Transfer } from '../transfer/transfer.ts';
import { type FtpSettings, type ResolvedSite, userKey } from './ftp-settings.ts';
import { RunningCommand } from './running-command.ts';
import type { SessionInfo } from './session-info.ts';

/** Commands that may wait. Beyond that the client is not read, so that it cannot fill the memory. */
const maxWaiting = 32;
/** How long a client may take to read the last reply, in milliseconds. */
const goodbyeMs = 2000;

let lastId = 0;

/** One client: reads its commands, runs them one after the other, and keeps what they have set. */
export class FtpSession implements SessionInfo {
  readonly id = ++lastId;
  readonly startedAt: number;
  readonly settings: FtpSettings;
  connection: Connection;
  /** Data connections use the TLS of the control connection, also after the certificates have changed: only it can resume its sessions. */
  tls: Tls | null;
  site: ResolvedSite;
  host: string | null = null;
  user: RuleUser | null = null;
  /** The name of `USER`, until the password comes. */
  givenName: string | null = null;
  files: FtpFileSystem | null = null;
  folder = '/';
  isAscii = true;
  restartAt = 0;
  renameFrom: string | null = null;
  isProtected: boolean;
  hasBufferSize = false;
  isExtendedOnly = false;
  facts: ReadonlySet<FactName> = new Set(factNames);
  dataSource: DataSource | null = null;
  transfer: Transfer | null = null;
  command: string | null = null;
  /** Bytes of transfers that are over. */
  movedBytes = 0;

  private readonly reader: CommandReader;
  private readonly consumer: ChannelConsumer;
  private readonly deadline: Deadline;
  private readonly waiting: CommandLine[] = [];
  private readonly onGone: () => void;
  private isBusy = false;
  private isBlocked = false;
  private isPaused = false;
  private isUpgrading = false;
  private hasEnded = false;
  /** `closing`: the last reply was sent. */
  private phase: 'open' | 'closing' | 'closed' = 'open';

  constructor(connection: Connection, tls: Tls | null, settings: FtpSettings, onGone: () => void) {
    this.connection = connection;
    this.tls = tls;
    this.settings = settings;
    this.site = settings.site;
    this.onGone = onGone;
    this.startedAt = settings.clock.now();
    this.isProtected = connection.info.tls !== null;
    this.hasBufferSize = this.isProtected;
    this.reader = new CommandReader(settings.maxLineBytes, {
      line: (line) => this.take(line),
      tooLong: () => this.send({ code: 500, text: 'The line is too long.' }),
    });
    this.consumer = {
      data: (chunk) => {
        if (this.phase === 'open' && !this.isUpgrading) this.reader.push(chunk);
      },
      drain: () => {
        this.isBlocked = false;
        if (this.isPaused && this.waiting.length < maxWaiting) this.readOn();
        this.next();
      },
      end: () => {
        this.hasEnded = true;
        this.transfer?.abort(); // as if it had sent ABOR and QUIT
        if (!this.isBusy) this.connection.end();
      },
      close: () => undefined,
    };
    this.deadline = settings.wheel.createDeadline(() => this.late());
    this.deadline.set(settings.loginMs);
    this.follow(connection);
    settings.onChannel({ kind: 'ControlChannelOpened', session: this, localPort: this.localPort, openMs: 0 });
    this.send({ code: 220, text: this.site.greeting });
  }

  get remoteAddress(): string {
    return this.connection.info.remoteAddress;
  }

  get remotePort(): number {
    return this.connection.info.remotePort;
  }

  get localAddress(): string {
    return this.connection.info.localAddress;
  }

  get localPort(): number {
    return this.connection.info.localPort;
  }

  get isSecure(): boolean {
    return this.connection.info.tls !== null;
  }

  get bytes(): number {
    return this.movedBytes + (this.transfer?.bytes ?? 0);
  }

  /** Whether the client can still be answered. */
  get isOpen(): boolean {
    return this.phase === 'open';
  }

  /** Whether the client sends no more: what it has begun counts as broken off (RFC 959 §4.1.1). */
  get hasLeft(): boolean {
    return this.hasEnded || this.phase !== 'open';
  }

  get commandState(): CommandState {
    const { isSecure, user, renameFrom } = this;
    const needsTls = this.settings.security === 'required';
    return { isLoggedIn: user !== null, isSecure, needsTls, isRenaming: renameFrom !== null };
  }

  may(to: 'read' | 'write', path: string): boolean {
    return this.user !== null && mayAccess(this.site.rules, this.user, to, path);
  }

  send(reply: Reply): void {
    if (this.phase !== 'open') return;
    if (this.connection.write(Buffer.from(formatReply(reply)))) return;
    this.isBlocked = true;
    this.readNoMore(); // what is answered during a transfer does not wait for its turn
  }

  end(why = 'The session was ended.'): void {
    this.finish({ code: 421, text: why });
  }

  /** Sends the last reply. */
  finish(reply: Reply): void {
    if (this.phase !== 'open') return;
    this.waiting.length = 0;
    this.send(reply);
    this.phase = 'closing';
    this.transfer?.abort();
    this.dropData();
    if (this.isUpgrading) this.connection.destroy();
    else this.connection.end();
    if (this.isPaused) this.readOn(); // only who reads sees the client's end
    this.deadline.set(goodbyeMs);
  }

  /** Ends the session as soon as nothing is being transferred. */
  drain(): void {
    if (this.transfer === null) this.end('The server stops.');
    else void this.transfer.settled.then(() => this.end('The server stops.'));
  }

  /** Forgets who has logged in. */
  resetLogin(): void {
    if (this.user !== null) this.settings.sharing.counts.remove(userKey(this.settings, this.user), 1);
    this.user = null;
    this.givenName = null;
    this.files = null;
    this.folder = '/';
    this.isAscii = true;
    this.restartAt = 0;
    this.renameFrom = null;
    this.isExtendedOnly = false;
    this.dropData();
  }

  /** Forgets the port of the next data connection. */
  dropData(): void {
    this.dataSource?.close();
    this.dataSource = null;
  }

  /** Puts TLS around the control connection. Nothing that came before counts after it: an attacker may have sent it. */
  upgrade(): void {
    const raw = this.connection;
    this.isUpgrading = true;
    this.reader.discard();
    this.waiting.length = 0;
    this.resetLogin();
    this.tls = this.settings.tls!();
    void this.tls.middleware(raw, (secure) => {
      this.isUpgrading = false;
      this.isPaused = false;
      this.connection = secure;
      this.follow(secure);
      if (this.phase !== 'open') secure.destroy();
    });
  }

  private follow(connection: Connection): void {
    connection.onClosed(() => {
      if (connection === this.connection) this.gone();
    });
    connection.attach(this.consumer);
  }

  private take(line: CommandLine): void {
    if (this.phase !== 'open' || this.isUpgrading) return;
    if (this.transfer !== null && isAnsweredDuringTransfer(line)) {
      void this.run(line);
      return;
    }
    this.waiting.push(line);
    if (this.waiting.length >= maxWaiting) this.readNoMore();
    this.next();
  }

  private next(): void {
    if (this.isBusy || this.isBlocked || this.phase !== 'open') return;
    const line = this.waiting.shift();
    if (line === undefined) {
      if (this.hasEnded) this.connection.end();
      return;
    }
    if (this.isPaused && this.waiting.length < maxWaiting / 2) this.readOn();
    this.isBusy = true;
    this.command = line.verb;
    if (this.user !== null) this.deadline.clear();
    void this.run(line).then(() => {
      this.isBusy = false;
      this.command = null;
      // Before the login the time is that of all commands together.
      if (this.phase === 'open' && this.user !== null) this.deadline.set(this.settings.idleMs);
      this.next();
    });
  }

  private readNoMore(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.connection.pause();
  }

  private readOn(): void {
    this.isPaused = false;
    this.connection.resume();
  }

  /** Never rejects. */
  private async run(line: CommandLine): Promise<void> {
    const command = new RunningCommand(this, line);
    const hadUser = this.user !== null;
    try {
      await this.settings.handle(command);
      if (command.code === null) command.reply(451, 'Nothing has answered this command.');
    } catch (error) {
      this.settings.log.error('A command of FTP failed', { verb: line.verb, error });
      if (command.code === null || command.code < 200) command.reply(451, 'The server has failed.');
    }
    command.settle();
    if (hadUser && this.user === null && this.phase === 'open') this.deadline.set(this.settings.loginMs);
  }

  private late(): void {
    if (this.phase === 'open')
      this.finish({
        code: 421,
        text: this.user === null ? 'The login took too long.' : 'Nothing was sent for too long.',
      });
    else this.connection.destroy();
  }

  private gone(): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    this.waiting.length = 0;
    this.deadline.dispose();
    this.transfer?.abort();
    const { clock, onChannel } = this.settings;
    const openMs = clock.now() - this.startedAt;
    onChannel({ kind: 'ControlChannelClosed', session: this, localPort: this.localPort, openMs });
    this.resetLogin();
    this.onGone();
  }
}
