import type { Clock, Logger } from '@windhover/core';
import type { TimerWheel } from '@windhover/transport';
import type { ProtocolError } from './engine.ts';
import type { ServerLimits } from './limits.ts';

/** How a server behaves. Everything is optional. */
export interface ServerOptions {
  /** What differs from the defaults; `null` lifts a limit. */
  readonly limits?: Partial<ServerLimits>;
  /** Where handler failures and other trouble go. Default: the console, warnings and errors only. */
  readonly log?: Logger;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: one on that clock, exact to 250 ms. */
  readonly wheel?: TimerWheel;
  /**
   * A client may end its side after its request (`printf … | nc -N`). Most that do are gone, so by default what is not decided yet is
   * aborted (`abort`), and the connection closed after 250 ms even if the handler never settles. `allow` answers all the same, and keeps the
   * connection until the handler settles.
   */
  readonly halfClose?: 'abort' | 'allow';
  /**
   * Hears of requests that broke the rules, and of connections that were refused or cut. Default: the log gets the first at `info`, a count of
   * the others once a minute, and each of them at `debug`; connections beyond a limit at `warn`.
   */
  readonly onProtocolError?: (error: ProtocolError) => void;
}
