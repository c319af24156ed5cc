import { FileError, replyToFault, toFileError } from '../files/file-error.ts';
import type { CommandLine } from '../protocol/command-reader.ts';
import { type FtpVerb, refuseCommand } from '../protocol/command-table.ts';
import type { Reply } from '../protocol/format-reply.ts';
import type { Transfer } from '../transfer/transfer.ts';
import { type CommandHandler, commandHandlers } from './command-handlers.ts';
import type { FtpCommand } from './ftp-command.ts';
import type { FtpSession } from './ftp-session.ts';

/** A command while it runs. */
export class RunningCommand implements FtpCommand {
  readonly verb: string;
  readonly argument: string;
  readonly session: FtpSession;
  path: string | null = null;
  code: number | null = null;
  /** The transfer that it has begun. */
  transfer: Transfer | null = null;
  /** Runs after the reply. */
  afterwards: (() => void) | null = null;

  constructor(session: FtpSession, { verb, argument }: CommandLine) {
    this.session = session;
    this.verb = verb;
    this.argument = argument;
  }

  get shown(): string {
    return this.verb === 'PASS' || this.verb === 'ACCT' ? '***' : this.argument;
  }

  get bytes(): number {
    return this.transfer?.bytes ?? 0;
  }

  reply(code: number, text: Reply['text']): void {
    this.code = code;
    this.session.send({ code, text });
  }

  /** What stands behind the middleware. */
  async run(): Promise<void> {
    const { session, verb, argument } = this;
    const refused = refuseCommand({ verb, argument }, session.commandState);
    const reply = refused ?? (await this.answer(commandHandlers[verb as FtpVerb]));
    if (verb !== 'RNFR' && verb !== 'NOOP') session.renameFrom = null;
    if (reply !== null) this.reply(reply.code, reply.text);
    this.afterwards?.();
  }

  /** Tells those who wait for the end of the transfer. */
  settle(): void {
    if (this.transfer === null) return;
    this.session.transfer = null;
    this.session.movedBytes += this.transfer.bytes;
    this.transfer.settle();
  }

  private async answer(handler: CommandHandler): Promise<Reply | null> {
    try {
      return await handler(this.session, this.argument, this);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const { fault, cause } = toFileError(error);
      if (fault === 'failed' || fault === 'no-space')
        this.session.settings.log.error('The files of FTP cannot be used', { path: this.path, error: cause ?? error });
      return replyToFault(error);
    }
  }
}
