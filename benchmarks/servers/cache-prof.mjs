// 4 KB from our server: node cache.mjs hello|cache, or node cache.mjs proxy|cached-proxy UPSTREAM. `hello` sends the same bytes and fields as a hit.
import { createCache } from '@windhover/cache';
import { reverseProxy } from '@windhover/proxy';
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

const [, , mode, upstream] = process.argv;
const { middleware } = createCache({ ignoresClient: true });
const proxy = upstream === undefined ? origin : reverseProxy(upstream);
const handlers = {
  hello,
  cache: (context) => middleware(context, origin),
  proxy,
  'cached-proxy': (context) => middleware(context, proxy),
};
process.on("SIGINT", () => process.exit(0));
const { name } = await createServer(handlers[mode]).listen({ host: '127.0.0.1', port: 0 });
console.log(`http://${name}`);
