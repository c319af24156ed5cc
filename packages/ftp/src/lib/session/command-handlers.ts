import type { FtpVerb } from '../protocol/command-table.ts';
import type { Reply } from '../protocol/format-reply.ts';
import { dataCommands } from './data-commands.ts';
import { fileCommands } from './file-commands.ts';
import type { FtpSession } from './ftp-session.ts';
import { generalCommands } from './general-commands.ts';
import { loginCommands } from './login-commands.ts';
import type { RunningCommand } from './running-command.ts';
import { transferCommands } from './transfer-commands.ts';

/** Does what a command asks for. Rejects with a `FileError`; anything else is a fault of the server. `null`: it has replied itself. */
export type CommandHandler = (
  session: FtpSession,
  argument: string,
  command: RunningCommand,
) => Reply | null | Promise<Reply | null>;

/** What each command does, once it is known to be allowed in the state of the session. */
export const commandHandlers: Readonly<Record<FtpVerb, CommandHandler>> = {
  ...loginCommands,
  ...generalCommands,
  ...dataCommands,
  ...fileCommands,
  ...transferCommands,
};
