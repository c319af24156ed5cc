import { X509Certificate } from 'node:crypto';
import { type Clock, type Logger, systemClock } from '@windhover/core';
import { checkOptions, type Rules, rule, withFunctions } from '@windhover/options';
import { certificateError } from '../errors.ts';
import { Slots } from '../slots.ts';
import { fetchOcsp, type OcspSend } from './fetch-ocsp.ts';
import {
  type KeptStaple,
  keptStapleOf,
  type ListedStaple,
  type StapleParts,
  type StapleStatus,
} from './kept-staple.ts';

/** Options of `createStapler`. */
export interface StaplerOptions {
  /** Hears once when a responder begins to fail, and once when it answers again. Default: the console. */
  readonly log?: Logger;
  readonly clock?: Clock;
  /** Asks a responder. Default: HTTP, no longer than 10 s, no more than 16 KiB. */
  readonly send?: OcspSend;
}

const optionRules: Rules<StaplerOptions> = {
  log: withFunctions(['debug', 'info', 'warn', 'error']),
  clock: withFunctions(['now', 'schedule']),
  send: rule('a function', (value) => typeof value === 'function'),
};

/** How many questions a responder gets at a time. Others are asked meanwhile, as one that does not answer takes 10 s for each. */
const maxQuestions = 4;

/** Creates what keeps answers of OCSP responders for `createTls({ stapler })`. Throws `CERTIFICATES_OPTION_INVALID`. */
export function createStapler(options: StaplerOptions = {}): Stapler {
  checkOptions(options, optionRules, (fault) => certificateError('CERTIFICATES_OPTION_INVALID', fault));
  return new Stapler(options);
}

/**
 * Keeps the answers of OCSP responders for certificates that name one (RFC 6960, RFC 6066 §8). A responder is asked as soon as a certificate is known,
 * never in a handshake, and again at half of the life of its answer. Only good answers that were checked are given out. A certificate that nobody
 * holds any more is forgotten. Created by `createStapler`.
 */
export class Stapler {
  private readonly parts: StapleParts;
  private readonly closing = new AbortController();
  private readonly kept = new Map<string, WeakRef<KeptStaple>>();
  private readonly forgotten = new FinalizationRegistry((fingerprint: string) => {
    if (this.find(fingerprint) === undefined) this.kept.delete(fingerprint);
  });

  constructor({ log = console, clock = systemClock, send = fetchOcsp }: StaplerOptions) {
    const slots = new Map<string, Slots>(); // authorities are few
    const slotsOf = (responder: string): Slots => {
      const existing = slots.get(responder) ?? new Slots(maxQuestions);
      slots.set(responder, existing);
      return existing;
    };
    this.parts = { log, clock, send, slotsOf, signal: this.closing.signal };
  }

  /**
   * Begins to keep the answer for a certificate, and goes on as long as the caller holds the result. The same certificate is kept once.
   *
   * @param chain the certificate in DER or PEM, then that of its issuer, if it is known
   * @returns `null`: it names no responder. `current()` of others is the answer to staple now; `null`: there is none
   */
  staple(chain: readonly (Uint8Array | string)[]): KeptStaple | null {
    if (chain[0] === undefined || !mayNameResponder(chain[0])) return null;
    const [leaf, issuer] = chain.map((each) => new X509Certificate(each));
    if (leaf === undefined) return null;
    const existing = this.find(leaf.fingerprint256);
    if (existing !== undefined) return existing;
    const made = keptStapleOf(leaf, issuer !== undefined && leaf.checkIssued(issuer) ? issuer : null, this.parts);
    if (made === null) return null;
    this.kept.set(leaf.fingerprint256, new WeakRef(made));
    this.forgotten.register(made, leaf.fingerprint256);
    if (!this.closing.signal.aborted) void made.refresh();
    return made;
  }

  /**
   * What is known about a certificate; `null`: it is not kept, or names no responder.
   *
   * @param fingerprint that of SHA-256, as `certificateFacts` has it
   */
  status(fingerprint: string): StapleStatus | null {
    return this.find(fingerprint)?.status() ?? null;
  }

  /** What is known about every certificate that is kept. */
  list(): readonly ListedStaple[] {
    return [...this.kept.values()].flatMap((each) => each.deref()?.listed() ?? []);
  }

  /** Asks nobody any more. What is known is still given out. */
  close(): void {
    this.closing.abort();
  }

  private find(fingerprint: string): KeptStaple | undefined {
    return this.kept.get(fingerprint)?.deref();
  }
}

/** The object identifier of a responder, in DER (RFC 5280 §4.2.2.1). */
const responder = Buffer.from('06082b06010505073001', 'hex');

/** Reading a certificate takes a fifth of a millisecond, which adds up with thousands of them: few name a responder any more. */
function mayNameResponder(certificate: Uint8Array | string): boolean {
  if (typeof certificate !== 'string') {
    const bytes = Buffer.from(certificate);
    return bytes[0] === 0x2d ? mayNameResponder(bytes.toString('latin1')) : bytes.includes(responder);
  }
  const start = certificate.indexOf('-----', certificate.indexOf('-----BEGIN') + 5) + 5;
  return Buffer.from(certificate.slice(start, certificate.indexOf('-----END')), 'base64').includes(responder);
}
