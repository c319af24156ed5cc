// The reverse proxy alone, to the upstream that is named.
import { reverseProxy } from '@windhover/proxy';
import { createServer } from '@windhover/server';

const server = createServer(reverseProxy(process.argv[2]));
const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
console.log(`http://${name}`);
