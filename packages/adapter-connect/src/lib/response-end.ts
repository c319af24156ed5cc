import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const queue = Symbol('windhover.queue');

/** Whether a response has been sent, or never will be. */
export function isOver(message: ServerResponse): boolean {
  return message.closed || (message.socket === null && message.req.socket.destroyed);
}

/** Calls back once, immediately if the response is over, and says whether all of it went to the kernel. */
export function onEnd(message: ServerResponse, tell: (isWritten: boolean) => void): void {
  if (isOver(message)) {
    tell(message.writableFinished);
    return;
  }
  // Node 20 and 22 report a response as finished even if its last write failed.
  const closed = (): void => tell(message.writableFinished && !message.req.socket.errored);
  message.prependOnceListener('close', closed); // the application's own `'close'` listeners may ask for the outcome
  if (message.socket !== null) return;
  onLeftInQueue(message, () => {
    message.off('close', closed); // Node 24 emits it as well
    tell(false);
  });
}

/** With pipelining, Node 20 and 22 do not tell a queued response that the client has left. */
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

/** The callbacks for the close of a connection. One listener serves all queued responses, since there may be many. */
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
