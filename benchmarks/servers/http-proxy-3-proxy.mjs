// http-proxy-3 with kept connections, as its README advises.
import http from 'node:http';
import { createProxyServer } from 'http-proxy-3';

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
const proxy = createProxyServer({ target: `http://127.0.0.1:${process.argv[3]}`, agent });
proxy.on('error', (_error, _request, response) => response.writeHead(502).end());
http.createServer((request, response) => proxy.web(request, response)).listen(Number(process.argv[2]), '127.0.0.1');
