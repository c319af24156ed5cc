// The simplest proxy: node:http on both sides, kept connections, pipes.
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
http
  .createServer((request, response) => {
    const { method, url, headers } = request;
    const upstream = http.request(
      { host: '127.0.0.1', port: process.argv[3], agent, method, path: url, headers },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    upstream.on('error', () => response.writeHead(502).end());
    request.pipe(upstream);
  })
  .listen(Number(process.argv[2]), '127.0.0.1');
