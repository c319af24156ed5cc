// A WebSocket echo on our server; `broadcast` from a client sends 1 KB to all. Options as JSON: the options of `webSocket`.
import { createServer } from '@windhover/server';
import { broadcast, webSocket } from '@windhover/websocket';

const options = { maxMessageBytes: 2 ** 24, ...JSON.parse(process.argv[2] ?? '{}') };
const news = 'n'.repeat(1024);
const handler = webSocket((socket) => {
  socket.onmessage = ({ data }) => {
    if (data === 'broadcast') broadcast(handler.sockets, news);
    else socket.send(data);
  };
}, options);
const server = createServer(handler, { limits: { maxConnections: 20_000 } });
const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
console.log(`http://${name}`);
