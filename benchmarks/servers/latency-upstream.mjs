// What latency is measured against: it answers a POST when its body is complete, and echoes what comes after an upgrade.
import http from 'node:http';

const server = http.createServer((request, response) => request.resume().on('end', () => response.end('ok')));
server.on('upgrade', (_request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  socket.on('error', () => undefined).pipe(socket);
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.once('SIGTERM', () => process.exit());
