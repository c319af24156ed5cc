// The same on `ws`, with its usual loop for a broadcast. Options as JSON: those of `WebSocketServer`.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const options = { maxPayload: 2 ** 24, ...JSON.parse(process.argv[2] ?? '{}') };
const news = 'n'.repeat(1024);
const server = createServer();
const sockets = new WebSocketServer({ server, ...options });
sockets.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    if (!isBinary && data.length === 9 && String(data) === 'broadcast')
      for (const each of sockets.clients) each.send(news);
    else socket.send(data, { binary: isBinary });
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
