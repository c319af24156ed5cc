// An upstream that answers everything with 1,000 chunks of one byte, in one write.
import net from 'node:net';

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n';
const answer = Buffer.from(`${head}${'1\r\nx\r\n'.repeat(1000)}0\r\n\r\n`);
const endOfHead = Buffer.from('\r\n\r\n');
net
  .createServer({ noDelay: true }, (socket) => {
    let rest = Buffer.alloc(0);
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        for (let end = rest.indexOf(endOfHead); end >= 0; end = rest.indexOf(endOfHead)) {
          rest = rest.subarray(end + endOfHead.length);
          socket.write(answer);
        }
      });
  })
  .listen(Number(process.argv[2]), '127.0.0.1');
process.once('SIGTERM', () => process.exit());
