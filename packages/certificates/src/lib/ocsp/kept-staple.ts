import type { X509Certificate } from 'node:crypto';
import type { Clock, Logger } from '@windhover/core';
import { certificateFacts } from '../certificate-facts.ts';
import { certificateError } from '../errors.ts';
import type { Slots } from '../slots.ts';
import type { OcspSend } from './fetch-ocsp.ts';
import { formatOcspRequest } from './ocsp-request.ts';
import { readOcspResponse } from './ocsp-response.ts';
import { isMustStaple, type OcspSubject, ocspSubject, responderOf } from './ocsp-subject.ts';
import { refreshAt, retryAt, stapleEndsAt } from './staple-time.ts';

/** What people want to know about the answer that is stapled to a certificate. Times are in milliseconds since the epoch. */
export interface StapleStatus {
  readonly responder: string;
  /** Until when the answer is good that clients get; `null`: they get none. */
  readonly goodUntil: number | null;
  /** Whether clients must refuse the certificate without one. */
  readonly isRequired: boolean;
  /** Why there is no newer answer; `null`: there is. */
  readonly lastError: { readonly atMs: number; readonly message: string } | null;
}

/** The same with the names of the certificate, in lower case. */
export interface ListedStaple extends StapleStatus {
  readonly names: readonly string[];
}

/** What all staples of a process share. */
export interface StapleParts {
  readonly send: OcspSend;
  readonly clock: Clock;
  readonly log: Logger;
  /** How many questions a responder gets at a time. */
  readonly slotsOf: (responder: string) => Slots;
  readonly signal: AbortSignal;
}

/** The answer of the responder of one certificate, asked for again and again as long as somebody holds this object. */
export class KeptStaple {
  readonly responder: string;
  readonly isRequired: boolean;
  private readonly parts: StapleParts;
  private readonly leaf: X509Certificate;
  private readonly issuer: X509Certificate | null;
  private names: readonly string[] | null = null;
  private bytes: Uint8Array | null = null;
  private endsAt = 0;
  private failures = 0;
  private isRevoked = false;
  private lastError: StapleStatus['lastError'] = null;

  constructor(leaf: X509Certificate, issuer: X509Certificate | null, responder: string, parts: StapleParts) {
    this.leaf = leaf;
    this.issuer = issuer;
    this.responder = responder;
    this.parts = parts;
    this.isRequired = isMustStaple(leaf);
  }

  /** The answer for a handshake now; `null`: there is none that is good. */
  current(): Uint8Array | null {
    return this.bytes !== null && this.parts.clock.now() < this.endsAt ? this.bytes : null;
  }

  status(): StapleStatus {
    const { responder, isRequired, lastError } = this;
    return { responder, isRequired, lastError, goodUntil: this.current() === null ? null : this.endsAt };
  }

  listed(): ListedStaple {
    this.names ??= certificateFacts(this.leaf.raw).names;
    return { ...this.status(), names: this.names };
  }

  /** Asks the responder. Never rejects. */
  async refresh(): Promise<void> {
    const { clock, slotsOf, signal } = this.parts;
    let nextAt: number;
    const wasRevoked = this.isRevoked;
    try {
      nextAt = await slotsOf(this.responder).run(() => this.ask(signal));
      if (this.failures > 0) this.parts.log.info('The OCSP responder of a certificate answers again', this.words);
      this.failures = 0;
      this.lastError = null;
    } catch (error) {
      if (signal.aborted) return;
      this.failed(error as Error, this.isRevoked && !wasRevoked);
      nextAt = retryAt(this.failures, clock.now());
    }
    if (!signal.aborted) scheduleRefresh(new WeakRef(this), nextAt, this.parts);
  }

  private async ask(signal: AbortSignal): Promise<number> {
    const { clock, send } = this.parts;
    const subject = this.subject();
    const bytes = await send(this.responder, formatOcspRequest(subject), signal);
    const now = clock.now();
    const answer = readOcspResponse(bytes, subject, now);
    this.isRevoked = answer.state === 'revoked';
    if (this.isRevoked) this.bytes = null; // the old answer was right, but is no longer
    if (answer.state !== 'good')
      throw certificateError('CERTIFICATES_OCSP_FAILED', `the responder says that the certificate is ${answer.state}`);
    this.bytes = bytes;
    this.endsAt = stapleEndsAt(answer, now);
    return refreshAt(answer, now);
  }

  private subject(): OcspSubject {
    if (this.issuer !== null) return ocspSubject(this.leaf, this.issuer);
    const what = 'the certificate of its issuer is missing: put it into the file, after that of the server';
    throw certificateError('CERTIFICATES_OCSP_FAILED', what);
  }

  /** @param isNews it is told also if the responder has failed before */
  private failed({ message }: Error, isNews: boolean): void {
    const { clock, log } = this.parts;
    this.failures += 1;
    this.lastError = { atMs: clock.now(), message };
    const what = 'No new OCSP answer can be stapled to a certificate';
    const words = { ...this.words, error: message, ...(this.isRequired && { note: requiredNote }) };
    if (this.failures === 1 || isNews) log.warn(what, words);
    else log.debug(what, words);
  }

  private get words() {
    return { certificate: this.leaf.subjectAltName ?? this.leaf.subject, responder: this.responder };
  }
}

const requiredNote = 'clients that know of it refuse this certificate without one (must-staple)';

/** The timer must not keep a certificate that nobody shows any more. */
function scheduleRefresh(kept: WeakRef<KeptStaple>, at: number, { clock, signal }: StapleParts): void {
  const cancel = clock.schedule(Math.max(0, at - clock.now()), () => {
    signal.removeEventListener('abort', cancel);
    void kept.deref()?.refresh();
  });
  signal.addEventListener('abort', cancel, { once: true });
}

/** Returns what keeps the answer for a certificate, with its issuer if that is known; `null`: it names no responder. */
export function keptStapleOf(
  leaf: X509Certificate,
  issuer: X509Certificate | null,
  parts: StapleParts,
): KeptStaple | null {
  const responder = responderOf(leaf);
  return responder === null ? null : new KeptStaple(leaf, issuer, responder, parts);
}
