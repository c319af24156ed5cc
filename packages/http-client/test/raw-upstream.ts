import net from 'node:net';

/** An upstream that answers with bytes from the test. */
export interface RawUpstream {
  readonly origin: string;
  readonly port: number;
  /** The bytes that each connection has sent so far. */
  readonly received: string[];
  readonly sockets: net.Socket[];
  /** Resolves when `isTrue` holds; checks again whenever bytes arrive or a connection closes. */
  until(isTrue: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts one. `onRequest` runs for each complete head, with the socket and the number of heads on that connection so
 * far.
 */
export async function startRawUpstream(
  onRequest: (socket: net.Socket, count: number, head: string) => void,
): Promise<RawUpstream> {
  const received: string[] = [];
  const sockets: net.Socket[] = [];
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const index = sockets.push(socket) - 1;
    received[index] = '';
    let count = 0;
    let seen = 0;
    socket.on('error', () => undefined);
    socket.on('close', changed);
    socket.on('end', () => socket.end());
    socket.on('data', (chunk) => {
      received[index] += chunk.toString('latin1');
      for (
        let end = received[index]!.indexOf('\r\n\r\n', seen);
        end >= 0;
        end = received[index]!.indexOf('\r\n\r\n', seen)
      ) {
        const head = received[index]!.slice(seen, end + 4);
        seen = end + 4;
        onRequest(socket, ++count, head);
      }
      changed();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    received,
    sockets,
    until: (isTrue) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isTrue()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
