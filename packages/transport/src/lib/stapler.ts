import type { TLSSocket } from 'node:tls';
import { onCertificateChoice, setStaple } from './node-internals.ts';
import { reportError } from './report-error.ts';

/** The answer of an OCSP responder for one certificate. */
export interface Staple {
  /** The answer in DER to send now; `null`: there is none. Called in handshakes, so it must be quick. */
  current(): Uint8Array | null;
}

/** Keeps answers of OCSP responders, which are sent with certificates (RFC 6066 §8). `createStapler` of `@windhover/certificates` makes one. */
export interface Stapler {
  /**
   * Begins to keep the answer for a certificate, and goes on as long as the result is held. `null`: the certificate has no responder.
   *
   * @param chain the certificate and those after it, in PEM or DER
   */
  staple(chain: readonly (Uint8Array | string)[]): Staple | null;
}

/** Never throws: a certificate works without an answer. */
export function stapleOf(stapler: Stapler | null, chain: () => readonly (Uint8Array | string)[]): Staple | null {
  try {
    return stapler?.staple(chain()) ?? null;
  } catch (error) {
    reportError(error);
    return null;
  }
}

/** Sends the answer for the certificate of one handshake, if the client asks for it. */
export class HandshakeStaple {
  private readonly socket: TLSSocket;
  private isAsked = false;

  /**
   * Call it before the handshake begins.
   *
   * @param first for the certificate of clients that ask for no name
   */
  constructor(socket: TLSSocket, first: Staple | null) {
    this.socket = socket;
    onCertificateChoice(socket, (hasName, asksForAnswer) => {
      this.isAsked = asksForAnswer;
      if (!hasName) this.use(first);
    });
  }

  /** The client gets this certificate. */
  use(staple: Staple | null): void {
    if (!this.isAsked || staple === null) return;
    try {
      const answer = staple.current();
      if (answer !== null) setStaple(this.socket, answer);
    } catch (error) {
      reportError(error);
    }
  }
}
