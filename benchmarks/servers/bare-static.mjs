// Static files alone, of the folder that is named.
import { createServer } from '@windhover/server';
import { staticFiles } from '@windhover/static';

const server = createServer(staticFiles(process.argv[2]));
const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
console.log(`http://${name}`);
