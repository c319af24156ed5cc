import type { SecureContext } from 'node:tls';
import type { Connection } from '@windhover/core';
import { answerPlainHttp, isPlainHttp } from './answer-plain-http.ts';
import { CertificateQuestion } from './certificate-question.ts';
import { TransportError } from './errors.ts';
import { handshakeError } from './handshake-error.ts';
import { finishHandshake, watchEnd } from './node-internals.ts';
import { nodeTls } from './node-tls.ts';
import type { Deadline, TimerWheel } from './timer-wheel.ts';
import type { SecureSocket } from './tls-connection.ts';
import type { TlsContexts } from './tls-contexts.ts';
import { toDuplex } from './to-duplex.ts';

/** Settings of one handshake. */
export interface HandshakeSettings {
  readonly contexts: TlsContexts;
  readonly alpnProtocols: readonly string[];
  readonly timeoutMs: number;
  readonly wheel: TimerWheel;
}

/** Callbacks for the result: one of the two is called, once. */
export interface HandshakeOutcome {
  done(secure: SecureSocket): void;
  /** Called after the connection was closed. */
  failed(error: TransportError): void;
}

/** Does the server's side of a TLS handshake on an accepted connection. */
export function shakeHands(raw: Connection, settings: HandshakeSettings, outcome: HandshakeOutcome): void {
  const { contexts, timeoutMs, wheel } = settings;
  const duplex = toDuplex(raw);
  let refusedName = contexts.hasDefault ? null : '';
  const question = new CertificateQuestion(contexts);
  const socket = new (nodeTls().TLSSocket)(duplex, {
    isServer: true,
    secureContext: contexts.default.context,
    requestCert: question.isAsked,
    rejectUnauthorized: question.isRequired,
    ALPNProtocols: [...settings.alpnProtocols],
    SNICallback: (serverName: string, answer: (error: Error | null, context?: SecureContext) => void) => {
      try {
        const site = contexts.choose(serverName);
        refusedName = site === null ? serverName : null;
        if (site !== null) question.askFor(socket, site);
        answer(null, site?.context);
      } catch (error) {
        answer(error as Error); // thrown here, it would end the process
      }
    },
  });
  const isTruncated = watchEnd(socket, duplex);
  let isOver = false;
  const fail = (error: TransportError): void => {
    if (isOver) return;
    isOver = true;
    deadline.dispose();
    socket.destroy();
    raw.destroy(error);
    outcome.failed(error);
  };
  let isTold = false;
  const failWith = (error: Error): void => {
    const failure = handshakeError(error, refusedName);
    if (!isPlainHttp(error)) fail(failure);
    else if (!isTold) answerPlainHttp(duplex, () => setImmediate(fail, failure)); // the deadline stays, for one that does not read
    isTold ||= isPlainHttp(error);
  };
  const deadline: Deadline = wheel.createDeadline(() =>
    fail(new TransportError('TRANSPORT_TLS_HANDSHAKE_TIMEOUT', `after ${timeoutMs} ms`)),
  );
  deadline.set(timeoutMs);
  socket.on('error', failWith); // stays afterwards, doing nothing: an error without a listener ends the process
  socket.on('_tlsError', failWith);
  const goneAway = (): void => fail(new TransportError('TRANSPORT_TLS_HANDSHAKE_FAILED', 'the client went away'));
  socket.once('close', goneAway);
  socket.once('end', goneAway); // half-open sockets do not close by themselves
  socket.once('secure', () => {
    if (isOver) return;
    const { refusal, clientCertificate } = question.examine(socket);
    if (refusal !== null) return fail(new TransportError('TRANSPORT_TLS_CLIENT_REFUSED', refusal));
    isOver = true;
    deadline.dispose();
    finishHandshake(socket);
    outcome.done({ socket, duplex, raw, clientCertificate, isTruncated });
  });
}
