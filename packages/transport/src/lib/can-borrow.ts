import net from 'node:net';
import { mayBorrow, remakeSocket } from './node-internals.ts';

let verdict: Promise<boolean> | null = null;

/**
 * Whether accepted sockets can be re-made to read into a shared buffer on this version of Node. Tried out once per process, with
 * two connections whose bytes arrive in turn: each must get its own bytes, and the server must see both close.
 */
export function canBorrow(): Promise<boolean> {
  verdict ??= mayBorrow() ? tryBorrowing().catch(() => false) : Promise.resolve(false);
  return verdict;
}

async function tryBorrowing(): Promise<boolean> {
  const buffer = new Uint8Array(1024);
  const received = new Map<string, string>();
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, (accepted) => {
    let text = '';
    const callback = (bytes: number, lent: Uint8Array): boolean => {
      text += Buffer.from(lent.subarray(0, bytes)).toString('latin1');
      lent.fill(0);
      return true;
    };
    const socket = remakeSocket(accepted, { buffer, callback });
    socket.on('error', () => socket.destroy());
    socket.on('end', () => {
      received.set(text, text);
      socket.end(text);
    });
    socket.resume();
  });
  const timeout = AbortSignal.timeout(2000);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as net.AddressInfo;
    const answers = await Promise.all([converse(port, 'first ', timeout), converse(port, 'second ', timeout)]);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await Promise.race([closed, rejection(timeout)]); // only a server that still counts its sockets closes
    return answers[0] === 'first first first ' && answers[1] === 'second second second ' && received.size === 2;
  } finally {
    server.close();
  }
}

function converse(port: number, word: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = net.connect({ port, host: '127.0.0.1' });
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
