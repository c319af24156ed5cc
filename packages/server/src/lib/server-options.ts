import type { Clock, Logger } from '@windhover/core';
import type { TimerWheel } from '@windhover/transport';
import type { ProtocolError } from './engine.ts';
import type { ServerLimits } from './limits.ts';

/** The options of a server. All are optional. */
export interface ServerOptions {
  /** Limits that differ from the defaults; `null` removes a limit. */
  readonly limits?: Partial<ServerLimits>;
  /** Receives handler failures and other problems. Default: the console, warnings and errors only. */
  readonly log?: Logger;
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
  /** The timer wheel for deadlines. Default: one on that clock, exact to 250 ms. */
  readonly wheel?: TimerWheel;
  /**
   * How to treat a client that half-closes after its request (`printf … | nc -N`). Most clients that do so are gone, so
   * by default (`abort`) an answer that is not decided yet is aborted, and the connection is closed after 250 ms even
   * if the handler never settles. `allow` answers anyway, and keeps the connection until the handler settles.
   */
  readonly halfClose?: 'abort' | 'allow';
  /**
   * Called for requests that violated the protocol, and for connections that were refused or cut off. Default: the log
   * gets the first at `info`, a count of the others once a minute, and each of the others at `debug`; connections
   * beyond a limit at `warn`.
   */
  readonly onProtocolError?: (error: ProtocolError) => void;
}
