import type { SecureContext, TLSSocketOptions } from 'node:tls';
import type { Connection } from '@windhover/core';
import { answerPlainHttp, isPlainHttp } from './answer-plain-http.ts';
import { CertificateQuestion } from './certificate-question.ts';
import { TransportError } from './errors.ts';
import { handshakeError } from './handshake-error.ts';
import { finishHandshake, watchEnd } from './node-internals.ts';
import { nodeTls } from './node-tls.ts';
import { runCallback } from './run-callback.ts';
import { HandshakeStaple } from './stapler.ts';
import type { Deadline, TimerWheel } from './timer-wheel.ts';
import type { SecureSocket } from './tls-connection.ts';
import type { TlsContexts, TlsSite } from './tls-contexts.ts';
import type { TlsOptions } from './tls-options.ts';
import { toDuplex } from './to-duplex.ts';

/** Settings of one handshake. */
export interface HandshakeSettings {
  readonly contexts: TlsContexts;
  readonly alpnProtocols: readonly string[];
  readonly timeoutMs: number;
  readonly wheel: TimerWheel;
  readonly onKeyLog: TlsOptions['onKeyLog'];
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
  const first = contexts.default;
  let refusedName = contexts.hasDefault ? null : '';
  let isChallenge = false;
  const question = new CertificateQuestion({ default: first, canResume: contexts.canResume });
  const socket = new (nodeTls().TLSSocket)(duplex, {
    isServer: true,
    secureContext: first.context,
    requestCert: question.isAsked,
    rejectUnauthorized: question.isRequired,
    ...alpnOptions(settings, () => {
      isChallenge = true;
    }),
    ...(contexts.hasChoice ? { SNICallback: chooseSite } : {}),
  });
  const stapling = contexts.canStaple ? new HandshakeStaple(socket, first.staple) : null;
  const { onKeyLog } = settings;
  if (onKeyLog !== undefined) socket.on('keylog', (line: Buffer) => runCallback(onKeyLog, line, raw.info));
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
  /** OpenSSL would go on with the certificate for everybody. */
  const refuseName = (): void => {
    duplex.write(unrecognizedName);
    setImmediate(failWith, Object.assign(new Error(), { code: 'ERR_SSL_NO_SHARED_CIPHER' }));
  };
  let isTold = false;
  const failWith = (error: Error): void => {
    if (isOver) return;
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
  const goneAway = (): void => {
    if (!isOver) fail(new TransportError('TRANSPORT_TLS_HANDSHAKE_FAILED', 'the client went away')); // an error costs 20 µs
  };
  socket.once('close', goneAway);
  socket.once('end', goneAway); // half-open sockets do not close by themselves
  socket.once('secure', () => {
    if (isOver) return;
    if (isChallenge)
      return void setImmediate(fail, new TransportError('TRANSPORT_TLS_HANDSHAKE_FAILED', challengeSeen));
    const { refusal, clientCertificate } = question.examine(socket);
    if (refusal !== null) return fail(new TransportError('TRANSPORT_TLS_CLIENT_REFUSED', refusal));
    isOver = true;
    deadline.dispose();
    finishHandshake(socket);
    outcome.done({ socket, duplex, raw, clientCertificate, isTruncated });
  });

  /** Answers which certificate the client gets. */
  function chooseSite(serverName: string, answer: (error: Error | null, context?: SecureContext) => void): void {
    const use = (site: TlsSite | null): void => {
      if (isOver) return; // the client has not waited
      refusedName = site === null ? serverName : null;
      if (site === null && contexts.hasDefault) refuseName();
      else {
        if (site !== null) question.askFor(socket, site);
        const context = site?.context;
        stapling?.use(site?.staple ?? null);
        answer(null, context);
      }
    };
    const refuse = (error: unknown): void => {
      if (!isOver) answer(error as Error); // thrown here, it would end the process
    };
    try {
      // A client of TLS 1.3 has said before which protocol it wants.
      const site = isChallenge ? contexts.chooseChallenge(serverName) : contexts.choose(serverName);
      if (site instanceof Promise) site.then(use).catch(refuse);
      else use(site);
    } catch (error) {
      refuse(error);
    }
  }
}

/** The alert `unrecognized_name` (RFC 6066 §3) in the clear, as everything before the server's hello. */
const unrecognizedName = Buffer.from([0x15, 3, 3, 0, 2, 2, 112]);

const challengeSeen = 'the client was an authority, which has seen the answer to its challenge';
const challengeProtocol = 'acme-tls/1';

/** With challenges, a client that offers `acme-tls/1` and nothing else gets it (RFC 8737 §3). */
function alpnOptions({ contexts, alpnProtocols }: HandshakeSettings, challenged: () => void): TLSSocketOptions {
  if (!contexts.hasChallenges) return { ALPNProtocols: [...alpnProtocols] };
  return {
    ALPNCallback({ protocols }) {
      if (protocols.length === 1 && protocols[0] === challengeProtocol) {
        challenged();
        return challengeProtocol;
      }
      return alpnProtocols.find((name) => protocols.includes(name)); // none: the client is refused
    },
  };
}
