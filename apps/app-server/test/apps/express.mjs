// What people have: sessions, uploads, files, events, security headers.
import { join } from 'node:path';
import express from 'express';
import session from 'express-session';
import helmet from 'helmet';
import multer from 'multer';

const app = express();
app.set('trust proxy', true);
app.use(helmet());
app.use(session({ secret: 'a test', resave: false, saveUninitialized: true }));
app.get('/', (_request, response) =>
  response.type('html').send('<!doctype html><title>Express</title><p id="said">Hello</p>'),
);
app.get('/visits', (request, response) => {
  request.session.visits = (request.session.visits ?? 0) + 1;
  response.json({ visits: request.session.visits });
});
app.post('/upload', multer({ storage: multer.memoryStorage() }).single('file'), (request, response) => {
  response.json({ name: request.file.originalname, size: request.file.size, note: request.body.note });
});
app.get('/file', (_request, response) => response.sendFile(join(import.meta.dirname, 'public/poem.txt')));
app.get('/events', (request, response) => {
  response.set('Content-Type', 'text/event-stream').flushHeaders();
  let count = 0;
  const timer = setInterval(() => {
    response.write(`data: ${++count}\n\n`);
    if (count === 3) response.end();
  }, 5);
  request.on('close', () => clearInterval(timer));
});
app.get('/page', (_request, response) => {
  const script =
    'let said=[];const events=new EventSource("/events");events.onmessage=({data})=>{said.push(data);if(said.length===3){events.close();document.title=said.join()}}';
  response.removeHeader('Content-Security-Policy');
  response.type('html').send(`<!doctype html><script>${script}</script>`);
});
app.get('/who', (request, response) =>
  response.json({ ip: request.ip, protocol: request.protocol, host: request.host }),
);
app.get('/crash', () => {
  throw new Error('a secret of the application');
});
app.use((_error, _request, response, _next) => response.status(500).send('Sorry\n'));

export default { listener: app };
