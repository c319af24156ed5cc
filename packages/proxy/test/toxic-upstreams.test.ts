import net, { type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { converse, setUpProxies, startProxy, until } from './proxy-fixtures.ts';

setUpProxies();

/** An upstream that does what the test says with each connection, once a request has come. */
async function startToxic(answer: (socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

/** Whether a client would take an answer for complete. */
function isComplete(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const [head, body] = [answer.slice(0, end), answer.slice(end + 4)];
  const length = /^content-length: (\d+)\r?$/im.exec(head)?.[1];
  if (length !== undefined) return body.length >= Number(length);
  return /^transfer-encoding: chunked\r?$/im.test(head) && /(?:^|\n)0\r\n(?:[^\r]+\r\n)*\r\n$/.test(body);
}

const whole = {
  length: 'HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 10\r\n\r\n0123456789',
  chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5;x=y\r\n56789\r\n0\r\nX-T: 1\r\n\r\n',
};

describe.each(Object.entries(whole))('an answer with %s', (_kind, bytes) => {
  it.each(['end', 'reset'] as const)('that breaks off at any byte with %s never looks complete', async (how) => {
    let cut = 0;
    const origin = await startToxic((socket) => {
      socket.write(bytes.slice(0, cut), () => (how === 'end' ? socket.end() : socket.resetAndDestroy()));
    });
    const front = await startProxy(origin);
    for (cut = 0; cut < bytes.length; cut++) {
      const answer = await converse(front.port, get).catch(() => '');
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1];
      expect([cut, status === '200' && isComplete(answer)]).toEqual([cut, false]);
    }
  });

  it('that drips byte by byte arrives whole', async () => {
    const origin = await startToxic((socket) => {
      let sent = 0;
      const drip = (): void => {
        if (sent < bytes.length) socket.write(bytes[sent++]!, () => setImmediate(drip));
      };
      drip();
    });
    const front = await startProxy(origin);
    const answer = await converse(front.port, get);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(isComplete(answer)).toBe(true);
  });
});

describe('an answer that can be read in two ways', () => {
  it.each([
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc'],
    ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nabcde'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX-A: 1\r\n folded\r\nContent-Length: 0\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nContent-Length: 1\n\na'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a zero byte', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n'],
  ])('because of %s is a 502', async (_what, bytes) => {
    const front = await startProxy(await startToxic((socket) => void socket.end(bytes)));
    expect(await converse(front.port, get)).toMatch(/^HTTP\/1\.1 502 /);
  });

  it.each([
    ['a chunk size that is none', '5\r\nabcde\r\nxyz\r\n'],
    ['a chunk longer than it says', '3\r\nabcde\r\n0\r\n\r\n'],
    ['a bare line feed behind a size', '3\nabc\r\n0\r\n\r\n'],
  ])('within its body, %s, is cut', async (_what, body) => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    const front = await startProxy(await startToxic((socket) => void socket.end(head + body)));
    const answer = await converse(front.port, get).catch(() => '');
    expect(answer.startsWith('HTTP/1.1 200') && isComplete(answer)).toBe(false);
  });

  it('never becomes part of the next one', async () => {
    const front = await startProxy(
      await startToxic((socket) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'),
      ),
    );
    for (let round = 0; round < 5; round++) expect(await converse(front.port, get)).toMatch(/ok$/);
  });

  it.each([
    ['a HEAD', 'HEAD', '200 OK\r\nContent-Length: 44'],
    ['a HEAD with chunks', 'HEAD', '200 OK\r\nTransfer-Encoding: chunked'],
    ['a 204', 'GET', '204 No Content'],
    ['a 304', 'GET', '304 Not Modified\r\nContent-Length: 44'],
    ['a 205 of no length', 'GET', '205 Reset Content\r\nContent-Length: 0'],
  ])('never becomes the answer of the next request, where %s has a body', async (_what, method, head) => {
    const evil = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil';
    let requests = 0;
    const origin = await startToxic((socket) => {
      requests += 1;
      socket.write(
        requests === 1 ? `HTTP/1.1 ${head}\r\n\r\n${evil}` : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      );
    });
    const front = await startProxy(origin);
    expect(await converse(front.port, get.replace('GET', method)).catch(() => '')).not.toContain('evil');
    for (let round = 0; round < 3; round++) expect(await converse(front.port, get)).toMatch(/ok$/);
  });

  it.each([
    ['101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket'],
    ['101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c'],
  ])('opens no tunnel that nobody has asked for: %s', async (head) => {
    const front = await startProxy(await startToxic((socket) => void socket.write(`HTTP/1.1 ${head}\r\n\r\nevil`)));
    const answer = await converse(front.port, get);
    expect(answer).toMatch(/^HTTP\/1\.1 502 /);
    expect(answer).not.toContain('evil');
  });
});

describe('endless fields', () => {
  it('are refused long before they fill the memory', async () => {
    let written = 0;
    const line = `X-Filler: ${'x'.repeat(1000)}\r\n`;
    let isClosed = false;
    const origin = await startToxic((socket) => {
      socket.on('close', () => {
        isClosed = true;
      });
      socket.write('HTTP/1.1 200 OK\r\n');
      const pour = (): void => {
        while (!socket.destroyed && written < 100_000_000) {
          written += line.length;
          if (!socket.write(line)) {
            socket.once('drain', pour);
            return;
          }
        }
      };
      pour();
    });
    const front = await startProxy(origin);
    expect(await converse(front.port, get)).toMatch(/^HTTP\/1\.1 502 /);
    await until(() => isClosed);
    expect(written).toBeLessThan(20_000_000); // what fits into buffers of the system
  });
});
