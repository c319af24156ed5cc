import type { SessionInfo } from './session-info.ts';

/** One command of a client, as middleware sees it: before `next` what came, afterwards what was answered. */
export interface FtpCommand {
  /** In upper case, also one that is not known. */
  readonly verb: string;
  /** Of `PASS` and `ACCT` too: `shown` is for logs. */
  readonly argument: string;
  /** The argument for logs: `***` in place of a secret. */
  readonly shown: string;
  readonly session: SessionInfo;
  /** The absolute path of the file or folder that it is about; `null`: none, or not known yet. */
  path: string | null;
  /** Bytes of files that were sent or received. */
  readonly bytes: number;
  /** The code of the last reply; `null`: there was none yet. A middleware that does not call `next` answers by `reply`. */
  readonly code: number | null;
  /** Sends a reply. */
  reply(code: number, text: string | readonly string[]): void;
}
