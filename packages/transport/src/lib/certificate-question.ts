import type { TLSSocket } from 'node:tls';
import type { ClientCertificateInfo } from '@windhover/core';
import type { AskedCertificates } from './client-certificates.ts';
import { askForCertificate, certificateFault } from './node-internals.ts';
import type { TlsContexts, TlsSite } from './tls-contexts.ts';

/** What a handshake found out about the client's certificate. */
export interface Examined {
  /** Why the client is refused. `null`: it is not. */
  readonly refusal: string | null;
  /** `null`: it was not asked. */
  readonly clientCertificate: ClientCertificateInfo | null;
}

/** Whether one client is asked for a certificate, and what it answered. */
export class CertificateQuestion {
  private readonly canResume: boolean;
  private asked: AskedCertificates | null;

  /** At first as for a client that sends no server name. */
  constructor({ default: site, canResume }: Pick<TlsContexts, 'default' | 'canResume'>) {
    this.asked = site.asked;
    this.canResume = canResume;
  }

  get isAsked(): boolean {
    return this.asked !== null;
  }

  get isRequired(): boolean {
    return this.asked?.isRequired === true;
  }

  /** The client has said which name it wants. */
  askFor(socket: TLSSocket, { asked }: TlsSite): void {
    if (asked === this.asked) return;
    this.asked = asked;
    askForCertificate(socket, this.isAsked, this.isRequired);
  }

  /**
   * Call it after the handshake. OpenSSL refuses a client that sends no certificate where one is required, but leaves
   * the verdict on a certificate to us. A resumed session is refused where none is offered, because nobody has looked
   * at its server name.
   */
  examine(socket: TLSSocket): Examined {
    try {
      return this.look(socket);
    } catch (error) {
      // Thrown in a listener of the socket, it would end the process.
      return { refusal: `the certificate cannot be read: ${(error as Error).message}`, clientCertificate: null };
    }
  }

  private look(socket: TLSSocket): Examined {
    const { asked } = this;
    if (!this.canResume && socket.isSessionReused())
      return { refusal: 'the client resumed a session where none is offered', clientCertificate: null };
    if (asked === null) return { refusal: null, clientCertificate: null };
    const raw = socket.getPeerX509Certificate()?.raw ?? null;
    const fault = raw === null ? null : certificateFault(socket);
    return { refusal: refusalOf(asked, raw, fault), clientCertificate: { policy: asked.policy, raw, fault } };
  }
}

function refusalOf({ isRequired }: AskedCertificates, raw: Uint8Array | null, fault: string | null): string | null {
  if (!isRequired) return null;
  if (raw === null) return 'the client sent no certificate';
  return fault === null ? null : `the certificate of the client is not accepted (${fault})`;
}
