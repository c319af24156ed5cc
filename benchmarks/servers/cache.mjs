// 4 KB from our server: node cache.mjs hello|cache. `hello` sends the same bytes and fields as a hit.
import { createCache } from '@windhover/cache';
import { createServer } from '@windhover/server';

const text = Buffer.alloc(4096, 'windhover ');
const fields = { 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=86400', ETag: '"a"', Vary: 'Accept-Encoding' };

function hello({ response }) {
  for (const name in fields) response.headers.set(name, fields[name]);
  response.headers.set('Age', '5');
  response.headers.set('Cache-Status', 'Windhover; hit; ttl=86395');
  response.body = text;
}

function origin({ response }) {
  for (const name in fields) response.headers.set(name, fields[name]);
  response.body = text;
}

const { middleware } = createCache({ ignoresClient: true });
const handler = process.argv[2] === 'cache' ? (context) => middleware(context, origin) : hello;
const { name } = await createServer(handler).listen({ host: '127.0.0.1', port: 0 });
console.log(`http://${name}`);
