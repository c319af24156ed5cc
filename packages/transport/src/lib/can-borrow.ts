import net from 'node:net';
import { localhostCertificate } from './localhost-certificate.ts';
import { mayBorrow, readTlsInto, takeAccepted } from './node-internals.ts';
import { nodeTls } from './node-tls.ts';
import { type BorrowTrial, tryBorrowing } from './try-borrowing.ts';

let verdict: Promise<boolean> | null = null;
let tlsVerdict: Promise<boolean> | null = null;

/** Whether this version of Node can read accepted connections into a shared buffer. Checked once per process. */
export function canBorrow(): Promise<boolean> {
  verdict ??= decide(plainTrial);
  return verdict;
}

/** Whether this version of Node can read TLS sockets into a shared buffer. Checked once per process. */
export function canBorrowTls(): Promise<boolean> {
  tlsVerdict ??= decide(tlsTrial());
  return tlsVerdict;
}

async function decide(trial: BorrowTrial): Promise<boolean> {
  return mayBorrow() && (await tryBorrowing(trial).catch(() => false));
}

const plainTrial: BorrowTrial = {
  accept: (server, take) => takeAccepted(server, (makeSocket) => take((onread, ready) => ready(makeSocket(onread)))),
  dial: (port) => net.connect({ port, host: '127.0.0.1' }),
};

function tlsTrial(): BorrowTrial {
  const { connect, createSecureContext, TLSSocket } = nodeTls();
  const secureContext = createSecureContext(localhostCertificate);
  return {
    accept: (server, take) =>
      server.on('connection', (accepted: net.Socket) => {
        const socket = new TLSSocket(accepted, { isServer: true, secureContext });
        socket.on('_tlsError', () => socket.destroy());
        socket.on('error', () => socket.destroy());
        take((onread, ready) =>
          socket.once('secure', () => {
            readTlsInto(socket, onread);
            ready(socket);
          }),
        );
      }),
    // The client need not verify the certificate: it talks to this process.
    dial: (port) => connect({ port, host: '127.0.0.1', rejectUnauthorized: false }),
  };
}
