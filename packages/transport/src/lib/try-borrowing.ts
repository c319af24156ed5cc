import net from 'node:net';
import type { ReadInto } from './node-internals.ts';

/** A way to read into a shared buffer, and a client to check it with. */
export interface BorrowTrial {
  /** For each connection the server accepts, calls `take` with a function that reads it into the buffer of `onread`. */
  accept(server: net.Server, take: (borrow: Borrow) => void): void;
  dial(port: number): net.Socket;
}

/** Makes a socket that reads into the buffer of `onread`, and passes it to `ready`. */
export type Borrow = (onread: ReadInto, ready: (socket: net.Socket) => void) => void;

/** Runs two connections whose bytes interleave: each must get its own bytes, and the server must see both close. */
export async function tryBorrowing(trial: BorrowTrial): Promise<boolean> {
  const received = new Set<string>();
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true });
  const timeout = AbortSignal.timeout(2000);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    trial.accept(server, echoBorrowed(received));
    const { port } = server.address() as net.AddressInfo;
    const speak = (word: string): Promise<string> => converse(trial.dial(port), word, timeout);
    const answers = await Promise.all([speak('first '), speak('second ')]);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await Promise.race([closed, rejection(timeout)]); // the server closes only if it still counts its sockets
    return answers[0] === 'first first first ' && answers[1] === 'second second second ' && received.size === 2;
  } finally {
    server.close();
  }
}

/** Answers each connection with everything it has sent, reading all of them through one buffer. */
function echoBorrowed(received: Set<string>): (borrow: Borrow) => void {
  const buffer = new Uint8Array(1024);
  return (borrow) => {
    let text = '';
    const callback = (bytes: number, lent: Uint8Array): boolean => {
      text += Buffer.from(lent.subarray(0, bytes)).toString('latin1');
      lent.fill(0);
      return true;
    };
    borrow({ buffer, callback }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('end', () => {
        received.add(text);
        socket.end(text);
      });
      socket.resume();
    });
  };
}

function converse(client: net.Socket, word: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    let sent = 0;
    const speak = (): void => {
      if (sent++ < 3) client.write(word, () => setImmediate(speak));
      else client.end();
    };
    signal.addEventListener('abort', () => client.destroy(signal.reason as Error), { once: true });
    client.on('connect', speak);
    client.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    client.on('error', reject);
    client.on('close', () => resolve(answer));
  });
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
