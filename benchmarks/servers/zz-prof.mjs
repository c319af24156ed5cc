import { reverseProxy } from '@windhover/proxy';
import { createServer } from '@windhover/server';

const server = createServer(reverseProxy(`http://127.0.0.1:${process.argv[3]}`));
await server.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
process.once('SIGTERM', () => {
  const u = process.cpuUsage();
  console.log(JSON.stringify(u));
  server.close({ timeoutMs: 0 }).then(() => process.exit(0));
});
