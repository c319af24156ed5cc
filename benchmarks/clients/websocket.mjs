// Load for the WebSocket benchmark: `echo PORT CONNECTIONS BYTES MS`, `hold PORT CONNECTIONS` until it is killed, `broadcast PORT CONNECTIONS TIMES`.
// Raw sockets with a frame made beforehand, so that the client is not what is measured. Prints how many messages came back.
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';

const [mode, port, connections, amount, ms, deflate] = process.argv
  .slice(2)
  .map((text) => (Number.isNaN(Number(text)) ? text : Number(text)));
const handshake =
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** A masked text frame. */
function frame(text) {
  const key = [1, 2, 3, 4];
  const payload = Buffer.from(text).map((byte, index) => byte ^ key[index & 3]);
  const { length } = payload;
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([0x81, ...size, ...key]), payload]);
}

/** Opens a connection and calls `received` with the number of bytes that come. */
async function open(received) {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  socket.on('error', () => undefined);
  socket.write(handshake);
  await once(socket, 'data');
  socket.on('data', (chunk) => received(socket, chunk.length));
  return socket;
}

let count = 0;
if (mode === 'echo' && deflate !== undefined) {
  const rows = Array.from({ length: amount / 60 }, (_, id) => ({
    id,
    name: `item ${id}`,
    price: id * 3.7,
    text: 'some words',
  }));
  const text = JSON.stringify(rows).slice(0, amount);
  for (let index = 0; index < connections; index++) {
    const client = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: true });
    client.on('open', () => client.send(text));
    client.on('message', () => {
      count += 1;
      client.send(text);
    });
  }
  setTimeout(finish, ms);
} else if (mode === 'echo') {
  const message = frame('x'.repeat(amount));
  const answer = message.length - 4;
  for (let index = 0; index < connections; index++) {
    let bytes = 0;
    const socket = await open((each, length) => {
      bytes += length;
      for (; bytes >= answer; bytes -= answer) {
        count += 1;
        each.write(message);
      }
    });
    socket.write(message);
  }
  setTimeout(finish, ms);
} else {
  let bytes = 0;
  const all = 1028 * connections;
  let whenAll = () => undefined;
  const sockets = [];
  for (let index = 0; index < connections; index++) {
    sockets.push(
      await open((_, length) => {
        bytes += length;
        if (bytes === all) whenAll();
      }),
    );
  }
  if (mode === 'hold') console.log('open');
  else {
    for (let round = 0; round < amount; round++) {
      bytes = 0;
      const done = new Promise((resolve) => (whenAll = resolve));
      sockets[0].write(frame('broadcast'));
      await done;
      count += 1;
    }
    finish();
  }
}

function finish() {
  console.log(count);
  process.exit();
}
