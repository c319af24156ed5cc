// The API of http-proxy on our client, behind node:http.
import http from 'node:http';
import { createProxyServer } from '@windhover/http-proxy-compat';

const proxy = createProxyServer({ target: `http://127.0.0.1:${process.argv[3]}` });
proxy.on('error', (_error, _request, response) => response.writeHead(502).end());
http.createServer((request, response) => proxy.web(request, response)).listen(Number(process.argv[2]), '127.0.0.1');
