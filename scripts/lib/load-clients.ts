import net from 'node:net';

/** What became of the requests of many clients. */
export interface Tally {
  answered: number;
  /** Sent on an open connection, and never answered whole. */
  lost: number;
  /** Not connected. */
  refused: number;
  /** Connections that ended by an error. */
  resets: number;
  /** Answered, by another status than 200: a 502 of a proxy for instance. */
  failed: number;
  /** Who served the connections that lost a request, before. */
  readonly servedBy: number[];
}

export interface Clients {
  readonly tally: Tally;
  /** Lets each finish its request. */
  stop(): Promise<void>;
}

const request = (close: boolean, path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\n${close ? 'Connection: close\r\n' : ''}\r\n`;

/** Clients that ask again and again on a kept connection, and open another when it is closed between two requests; some of them pause. */
export function keepAsking(port: number, count: number, path = '/'): Clients {
  return startClients(count, (tally, isStopped, index) =>
    askOnOne(port, path, tally, isStopped, index % 2 === 0 ? 0 : index % 16),
  );
}

/** Clients that open a connection for each request. */
export function keepConnecting(port: number, count: number): Clients {
  return startClients(count, (tally, isStopped) => askOnOne(port, '/', tally, isStopped, null));
}

type Client = (tally: Tally, isStopped: () => boolean, index: number) => Promise<void>;

function startClients(count: number, client: Client): Clients {
  const tally: Tally = { answered: 0, lost: 0, refused: 0, resets: 0, failed: 0, servedBy: [] };
  let isStopped = false;
  const run = async (index: number): Promise<void> => {
    while (!isStopped) await client(tally, () => isStopped, index);
  };
  const all = Promise.all(Array.from({ length: count }, (_, index) => run(index)));
  return {
    tally,
    stop: async () => {
      isStopped = true;
      await all;
    },
  };
}

/** The life of one connection. `pauseMs` is between two requests; `null`: there is only one. */
function askOnOne(
  port: number,
  path: string,
  tally: Tally,
  isStopped: () => boolean,
  pauseMs: number | null,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1').setEncoding('latin1');
    let answer = '';
    let isConnected = false;
    let isWaiting = false;
    let server = 0;
    const ask = (): void => {
      if (socket.destroyed || socket.readableEnded) return;
      isWaiting = true;
      socket.write(request(pauseMs === null, path));
    };
    socket.on('connect', () => {
      isConnected = true;
      ask();
    });
    socket.on('data', (text) => {
      answer += text;
      const length = /content-length: (\d+)/i.exec(answer)?.[1];
      const head = answer.indexOf('\r\n\r\n') + 4;
      if (length === undefined || head < 4 || answer.length < head + Number(length)) return;
      tally.answered += 1;
      if (!answer.startsWith('HTTP/1.1 200 ')) tally.failed += 1;
      server = Number.parseInt(answer.slice(head), 10);
      isWaiting = false;
      const isLast = pauseMs === null || isStopped() || /connection: close/i.test(answer);
      answer = '';
      if (isLast) socket.end();
      else if (pauseMs === 0) ask();
      else setTimeout(ask, pauseMs);
    });
    socket.on('error', () => {
      if (isConnected) tally.resets += 1;
      else tally.refused += 1;
    });
    socket.on('close', () => {
      if (isWaiting) tally.lost += 1;
      // 0: a connection that nobody had accepted.
      if (isWaiting && server !== 0) tally.servedBy.push(server);
      resolve();
    });
  });
}
