import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import compression from 'compression';
import express from 'express';
import session from 'express-session';
import helmet from 'helmet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectListener } from '../src/index.ts';

import { type AskOptions, type Host, onNode, onWindhover } from './hosts.ts';

const folder = mkdtempSync(join(tmpdir(), 'windhover-connect-'));
const file = join(folder, 'file.txt');
writeFileSync(file, '0123456789'.repeat(20_000));
const etag = `W/"${statSync(file).size.toString(16)}-${statSync(file).mtime.getTime().toString(16)}"`;

const app = express();
app.set('env', 'test');
app.get('/text', (_request, response) => void response.send('héllo'));
app.get(
  '/json',
  (request, response) => void response.json({ url: request.url, ip: request.ip, secure: request.secure }),
);
app.get('/users/:id', (request, response) => void response.json({ params: request.params, query: request.query }));
app.get('/redirect', (_request, response) => response.redirect('/text?a=1'));
app.get('/file', (_request, response) => response.sendFile(file));
app.get(
  '/cookies',
  (_request, response) => void response.cookie('a', '1').cookie('b', '2', { httpOnly: true }).send('set'),
);
app.get(
  '/headers',
  (request, response) => void response.json({ raw: request.rawHeaders.slice(0, 8), read: request.headers }),
);
app.post('/json', express.json(), (request, response) => void response.status(201).json({ got: request.body }));
app.post('/limited', express.json({ limit: 10 }), (request, response) => void response.json(request.body));
app.post('/echo', (request, response) => void request.pipe(response));
app.post('/unread', (_request, response) => void response.send('unread'));
app.get('/throws', () => {
  throw new Error('thrown');
});
app.get('/rejects', async () => Promise.reject(Object.assign(new Error('rejected'), { status: 418 })));
app.get('/empty', (_request, response) => void response.status(204).end());
app.get('/not-modified', (_request, response) => void response.status(304).set('Content-Length', '5').end());
app.get('/chunks', (_request, response) => {
  response.write('a');
  setImmediate(() => response.write('b', () => response.end('c')));
});
app.get('/buffer', (_request, response) => void response.type('bin').send(Buffer.from([0, 255, 128])));
app.get('/latin1', (_request, response) => void response.type('text/plain').end('é', 'latin1'));
app.get(
  '/head',
  (_request, response) => void response.writeHead(200, 'Fine', { 'X-A': 'b', 'Content-Length': 3 }).end('abc'),
);
app.get(
  '/list',
  (_request, response) => void response.writeHead(200, ['X-A', '1', 'Set-Cookie', 'c', 'Set-Cookie', 'd']).end('x'),
);
app.get('/helmet', helmet(), (_request, response) => void response.send('safe'));
app.get('/compressed', compression({ threshold: 0 }), (_request, response) => void response.send('z'.repeat(5000)));
app.get('/compressed-stream', compression({ threshold: 0 }), (_request, response) => {
  response.type('text/plain').write('z'.repeat(5000));
  setImmediate(() => response.end('end'));
});
app.get(
  '/upgrade',
  (_request, response) => void response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade' }).end('ws'),
);
app.get('/trailers', (_request, response) => {
  response.setHeader('Trailer', 'X-Sum');
  response.write('t');
  response.addTrailers({ 'X-Sum': '7' });
  response.end();
});
app.get('/hop', (_request, response) => void response.set('Keep-Alive', 'timeout=1').send('hop'));

const cases: [string, AskOptions][] = [
  ['text', { path: '/text' }],
  ['HEAD of a text', { method: 'HEAD', path: '/text' }],
  ['a matching If-None-Match', { path: '/text', headers: { 'If-None-Match': '*' } }],
  ['JSON', { path: '/json' }],
  ['a route with parameters and a query', { path: '/users/a%2Fb?x=1&x=2' }],
  ['a redirect', { path: '/redirect' }],
  ['a file', { path: '/file' }],
  ['HEAD of a file', { method: 'HEAD', path: '/file' }],
  ['a range of a file', { path: '/file', headers: { Range: 'bytes=5-14' } }],
  ['an impossible range', { path: '/file', headers: { Range: 'bytes=999999-' } }],
  ['an unchanged file', { path: '/file', headers: { 'If-None-Match': etag } }],
  ['cookies', { path: '/cookies', headers: { Cookie: 'z=1' } }],
  [
    'repeated headers',
    { path: '/headers', headers: { Host: 'a.example', 'X-Up': ['1', '2'], Cookie: ['a=1', 'b=2'] } },
  ],
  [
    'a JSON upload',
    { method: 'POST', path: '/json', headers: { 'Content-Type': 'application/json' }, body: '{"a":[1]}' },
  ],
  ['broken JSON', { method: 'POST', path: '/json', headers: { 'Content-Type': 'application/json' }, body: '{"a"' }],
  [
    'too much JSON',
    { method: 'POST', path: '/limited', headers: { 'Content-Type': 'application/json' }, body: '{"a":"0123456789"}' },
  ],
  ['an echo', { method: 'POST', path: '/echo', body: 'e'.repeat(300_000) }],
  ['an upload nobody reads', { method: 'POST', path: '/unread', body: 'u'.repeat(1000) }],
  ['an unknown path', { path: '/unknown' }],
  ['an unknown method', { method: 'DELETE', path: '/text' }],
  ['OPTIONS', { method: 'OPTIONS', path: '/json' }],
  ['an exception', { path: '/throws' }],
  ['a rejection with a status', { path: '/rejects' }],
  ['204', { path: '/empty' }],
  ['304 with a length', { path: '/not-modified' }],
  ['chunks', { path: '/chunks' }],
  ['bytes', { path: '/buffer' }],
  ['latin1', { path: '/latin1' }],
  ['writeHead', { path: '/head' }],
  ['HEAD of writeHead', { method: 'HEAD', path: '/head' }],
  ['writeHead with a list', { path: '/list' }],
  ['helmet', { path: '/helmet' }],
  ['compression', { path: '/compressed', headers: { 'Accept-Encoding': 'gzip' } }],
  ['a compressed stream', { path: '/compressed-stream', headers: { 'Accept-Encoding': 'gzip' } }],
  ['an offered upgrade', { path: '/upgrade' }],
  ['announced trailers', { path: '/trailers' }],
  ['hop-by-hop headers', { path: '/hop' }],
];

describe('fromConnect(), beside the same application on node:http,', () => {
  let windhover: Host;
  let node: Host;

  beforeAll(async () => {
    windhover = await onWindhover(app as ConnectListener);
    node = await onNode(app as ConnectListener);
  });

  afterAll(async () => {
    await Promise.all([windhover.close(), node.close()]);
    rmSync(folder, { recursive: true });
  });

  it.each(cases)('answers %s alike', async (_name, question) => {
    const [ours, theirs] = [await windhover.ask(question), await node.ask(question)];
    expect(ours.status).toBe(theirs.status);
    expect(ours.body).toBe(theirs.body);
    // After writeHead() node:http sends even a known end in chunks.
    const { 'transfer-encoding': chunked, ...fields } = theirs.headers;
    if (chunked !== undefined) delete ours.headers['content-length'];
    delete ours.headers['transfer-encoding'];
    expect(ours.headers).toEqual(fields);
  });

  it('keeps a session', async () => {
    const counting = express();
    counting.use(session({ secret: 's', resave: false, saveUninitialized: true }));
    counting.get('/', (request, response) => {
      const data = (request as unknown as { session: { count?: number } }).session;
      data.count = (data.count ?? 0) + 1;
      response.send(String(data.count));
    });
    const host = await onWindhover(counting as ConnectListener);
    const first = await host.ask({ path: '/' });
    const cookie = String(first.headers['set-cookie']).split(';')[0]!;
    expect((await host.ask({ path: '/', headers: { Cookie: cookie } })).body).toBe('2');
    await host.close();
  });
});
