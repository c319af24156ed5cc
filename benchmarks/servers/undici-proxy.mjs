// node:http in front, an undici pool behind.
import http from 'node:http';
import { Pool } from 'undici';

const pool = new Pool(`http://127.0.0.1:${process.argv[3]}`, { connections: 64 });
http
  .createServer((request, response) => {
    const { method, url, headers } = request;
    const { connection, ...fields } = headers;
    const body = method === 'GET' || method === 'HEAD' ? null : request;
    const pass = ({ statusCode, headers: answer }) => {
      delete answer.connection;
      delete answer['keep-alive'];
      response.writeHead(statusCode, answer);
      return response;
    };
    pool.stream({ path: url, method, headers: fields, body }, pass).catch(() => response.destroy());
  })
  .listen(Number(process.argv[2]), '127.0.0.1');
