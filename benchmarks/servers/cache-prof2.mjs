import { createCache, createMemoryStore } from '@windhover/cache';
import { reverseProxy } from '@windhover/proxy';
import { createServer } from '@windhover/server';
const [, , mode, upstream] = process.argv;
const proxy = reverseProxy(upstream);
const cached = (options) => { const { middleware } = createCache(options); return (context) => middleware(context, proxy); };
const handlers = {
  proxy,
  async: async (context) => { await proxy(context); },
  fork: async (context) => { const fork = await context.fork((own) => proxy(own)); const { response } = context; const from = fork.response; response.headers.adopt(from.headers.fields.slice()); response.body = from.takeBody(); response.status = from.status; response.declaredLength = from.declaredLength; },
  nostore: cached({ ignoresClient: true, minUses: 255 }),
  small: cached({ ignoresClient: true, store: createMemoryStore({ maxBytes: 1024 * 1024 }) }),
  full: cached({ ignoresClient: true }),
};
process.on('SIGINT', () => { process.exit(0); });
process.on('SIGUSR2', () => { const u = process.cpuUsage(); console.log('cpu', u.user, u.system); });
const { name } = await createServer(handlers[mode]).listen({ host: '127.0.0.1', port: 0 });
console.log(`http://${name}`);
