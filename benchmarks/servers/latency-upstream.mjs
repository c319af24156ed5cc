// The upstream for measuring latency. It answers a POST when its body is complete and, after an upgrade, each six bytes
// when they are complete, in two writes.
import http from 'node:http';
import { pause } from './pause.mjs';

const server = http.createServer((request, response) => request.resume().on('end', () => response.end('ok')));
server.on('upgrade', (_request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  let message = '';
  socket
    .on('error', () => undefined)
    .on('data', (chunk) => {
      message += chunk;
      if (message.length < 6) return;
      socket.write(message.slice(0, 3));
      pause();
      socket.write(message.slice(3));
      message = '';
    });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.once('SIGTERM', () => process.exit());
