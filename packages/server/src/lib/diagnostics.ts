import { type Channel, channel } from 'node:diagnostics_channel';
import type { ConnectionInfo, HttpContext, Logger, Outcome } from '@windhover/core';
import type { ProtocolError } from './engine.ts';

/** The message that is published on `windhover.server.connection.opened` and `.closed`. */
export interface ConnectionMessage {
  readonly connection: ConnectionInfo;
  /** Set only if the connection closed because of an error. */
  readonly error?: Error;
}

/** The message that is published on `windhover.server.request.started`, before the handler runs. */
export interface RequestStartedMessage {
  readonly context: HttpContext;
}

/** The message that is published on `windhover.server.request.ended`, when the answer has left or failed. */
export interface RequestEndedMessage extends RequestStartedMessage {
  readonly outcome: Outcome;
}

/** The message that is published on `windhover.server.protocol-error`. */
export type ProtocolErrorMessage = ProtocolError;

export const connectionOpened: Channel = channel('windhover.server.connection.opened');
export const connectionClosed: Channel = channel('windhover.server.connection.closed');
export const requestStarted: Channel = channel('windhover.server.request.started');
export const requestEnded: Channel = channel('windhover.server.request.ended');
export const protocolError: Channel = channel('windhover.server.protocol-error');

/** Publishes that a handler is about to run, and arranges for the end of its exchange to be published. */
export function publishRequest(context: HttpContext): void {
  if (requestEnded.hasSubscribers) {
    context.onSent((outcome) => requestEnded.publish({ context, outcome } satisfies RequestEndedMessage));
  }
  if (requestStarted.hasSubscribers) requestStarted.publish({ context } satisfies RequestStartedMessage);
}

/** Publishes the error, then calls the listener. A failure of the listener is only logged. */
export function publishProtocolError(
  error: ProtocolError,
  listener: (error: ProtocolError) => void,
  log: Logger,
): void {
  if (protocolError.hasSubscribers) protocolError.publish(error);
  const failed = (failure: unknown): void => log.error('onProtocolError failed', { error: failure });
  try {
    (listener(error) as void | Promise<void>)?.then?.(undefined, failed);
  } catch (failure) {
    failed(failure);
  }
}
