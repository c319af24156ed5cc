import http from 'node:http';

http
  .createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end('Hello, world\n');
  })
  .listen(Number(process.argv[2]), '127.0.0.1');
