import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const queue = Symbol('windhover.queue');

/** Whether a response has left, or never will. */
export function isOver(message: ServerResponse): boolean {
  return message.closed || (message.socket === null && message.req.socket.destroyed);
}

/** Calls back once, at once if the response is over: with whether all of it went to the kernel. */
export function onEnd(message: ServerResponse, tell: (isWritten: boolean) => void): void {
  if (isOver(message)) {
    tell(message.writableFinished);
    return;
  }
  // Node 20 and 22 take a response for written when its last write has failed.
  const closed = (): void => tell(message.writableFinished && !message.req.socket.errored);
  message.prependOnceListener('close', closed); // the application's own may ask
  if (message.socket !== null) return;
  onLeftInQueue(message, () => {
    message.off('close', closed); // Node 24 tells it too
    tell(false);
  });
}

/** Node 20 and 22 tell a response that waits behind another on its connection nothing of a client that leaves. */
function onLeftInQueue(message: ServerResponse, tell: () => void): void {
  const queued = queueOf(message.req.socket);
  const leave = (): void => {
    message.destroy();
    tell();
  };
  const forget = (): void => void queued.delete(leave);
  queued.add(leave);
  message.once('socket', forget);
  message.once('close', forget);
}

/** What to call when a connection closes: one listener for all that wait, of whom there may be many. */
function queueOf(connection: Socket): Set<() => void> {
  const socket = connection as Socket & { [queue]?: Set<() => void> };
  const known = socket[queue];
  if (known !== undefined) return known;
  const queued = new Set<() => void>();
  socket[queue] = queued;
  socket.once('close', () => {
    for (const leave of queued) leave();
  });
  return queued;
}
