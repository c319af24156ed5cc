import type { SessionInfo } from './session-info.ts';

/** A connection that was opened or has closed: the one of the commands, or one of data. */
export interface ChannelEvent {
  /** As in the log of IIS. */
  readonly kind: 'ControlChannelOpened' | 'ControlChannelClosed' | 'DataChannelOpened' | 'DataChannelClosed';
  /** As it was: who was logged in when the connection closed still is. */
  readonly session: SessionInfo;
  /** The port of this side of the connection. */
  readonly localPort: number;
  /** How long it was open, in milliseconds; 0 for one that was just opened. */
  readonly openMs: number;
}
