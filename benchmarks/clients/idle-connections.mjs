// `node idle-connections.mjs PORT COUNT` opens the connections, sends one request on each, and reports when all are
// answered. When told to, it sends one more request on each and reports how many were answered. It talks to its parent
// by messages.
import net from 'node:net';

const [port, count] = process.argv.slice(2).map(Number);
const atOnce = 100;
const timeoutMs = 10_000;
const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

const sockets = Array.from({ length: count }, () => null);
const opened = await forEachSocket(async (_none, index) => {
  sockets[index] = await open();
  return ask(sockets[index]);
});
process.send({ opened });

process.once('message', async () => {
  const answered = await forEachSocket(ask);
  process.send({ answered }, () => process.exit());
});

/** Runs `work` for each item, several at once, and counts how often it resolved to true. */
async function forEachSocket(work) {
  let next = 0;
  let succeeded = 0;
  const lane = async () => {
    while (next < count) {
      const index = next++;
      if (await work(sockets[index], index)) succeeded++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return succeeded;
}

/** Resolves to a socket in any case; asking it shows whether it is connected. */
function open() {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => resolve(socket));
  });
}

function ask(socket) {
  return new Promise((resolve) => {
    let received = '';
    const finish = (isAnswered) => {
      clearTimeout(timer);
      socket.removeAllListeners('data').removeListener('close', fail);
      resolve(isAnswered);
    };
    const fail = () => finish(false);
    const timer = setTimeout(fail, timeoutMs);
    if (socket.destroyed) return fail();
    socket.once('close', fail).on('data', (chunk) => {
      received += chunk.latin1Slice();
      if (isWhole(received)) finish(true);
    });
    socket.write(request);
  });
}

function isWhole(answer) {
  const end = /^transfer-encoding: chunked\r$/im.test(answer) ? '\r\n0\r\n\r\n' : 'Hello, world\n';
  return answer.startsWith('HTTP/1.1 200') && answer.endsWith(end);
}
