import { createServer } from 'node:http';
import express from 'express';
import { WebSocketServer } from 'ws';

const app = express();
app.get('/', (_request, response) => response.send('page'));
const server = createServer(app);
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => socket.on('message', (text) => socket.send(`heard ${text}`)));

export default {
  server,
  stopping: () => {
    for (const client of sockets.clients) client.close(1001, 'going away');
  },
};
