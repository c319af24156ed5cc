import type { RuleUser } from '../access/access-rule.ts';

/** A transfer that is under way. */
export interface TransferInfo {
  readonly verb: string;
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** One client that is connected. */
export interface SessionInfo {
  /** Unique in this process. */
  readonly id: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** `null`: nobody has logged in. */
  readonly user: RuleUser | null;
  /** Whether the control connection has TLS. */
  readonly isSecure: boolean;
  /** What the client has named with `HOST`; `null`: nothing. */
  readonly host: string | null;
  /** The current folder. */
  readonly folder: string;
  /** The command that is being answered, in upper case; `null`: the client has not sent another one. */
  readonly command: string | null;
  /** Bytes of all its transfers, also of the one that is under way. */
  readonly bytes: number;
  readonly transfer: TransferInfo | null;
  /** Ends the session at once, with a reply 421. */
  end(why?: string): void;
}
