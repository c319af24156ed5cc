import { type Clock, systemClock } from '@windhover/core';
import { checkOptions, oneOf, type Rules, rule, withFunctions } from '@windhover/options';
import type { CertificateIssuer, RevocationReason } from '../certificate-issuer.ts';
import type { CertificateStore } from '../certificate-store.ts';
import type { ChallengeBoard } from '../challenge-board.ts';
import type { DnsProvider } from '../dns/dns-provider.ts';
import { certificateError } from '../errors.ts';
import { type ChallengeType, challengesFor, isLocalhost, isPrivateName } from '../name-rules.ts';
import type { KeyedCertificate } from '../stored-certificate.ts';
import { connectAccount, forgetAccount } from './acme-account.ts';
import type { AcmeConnection, ExternalAccount } from './acme-client.ts';
import { createAcmeSend } from './acme-http.ts';
import { isAccountGone, isRevokedAlready } from './acme-problem.ts';
import { listedProfile } from './listed-profile.ts';
import { type ChallengeSolver, orderCertificate } from './order-certificate.ts';
import { readRenewalInfo, renewalId } from './renewal-info.ts';

/** Options of `createAcmeIssuer`. */
export interface AcmeIssuerOptions {
  /** Keeps the account, and the answers to challenges. */
  readonly store: CertificateStore;
  readonly board: ChallengeBoard;
  /** The address of the authority's directory. Default: that of Let's Encrypt. */
  readonly directory?: string;
  /** Where the authority writes when something is wrong with the account. Default: nowhere. */
  readonly email?: string;
  /** Binds the account to one that exists. Default: none. */
  readonly externalAccount?: ExternalAccount;
  /** PEM: the roots of the authority's own server, besides the well-known ones. Default: none. */
  readonly ca?: string;
  /** How to prove that names are ours, in this order. Default: `http-01`, `tls-alpn-01`, and `dns-01` if there is a provider. */
  readonly challenges?: readonly ChallengeType[];
  /** Changes records of the DNS. Needed for wildcards. Default: none. */
  readonly dns?: DnsProvider;
  /** The name of a profile of the authority: `shortlived`, for instance. Default: the authority chooses. */
  readonly profile?: string;
  /** Default: `ec`, P-256: its handshakes cost a fraction of those of RSA. */
  readonly keyType?: 'ec' | 'rsa';
  readonly clock?: Clock;
}

/** The directory of Let's Encrypt. */
export const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory';

/** Authorities that issue for names of the public DNS only. */
const publicHosts =
  /(?:^|\.)(?:letsencrypt\.org|zerossl\.com|buypass\.com|pki\.goog|ssl\.com|sectigo\.com|digicert\.com)$/;

const reasons: Readonly<Record<RevocationReason, number>> = {
  unspecified: 0,
  keyCompromise: 1,
  superseded: 4,
  cessationOfOperation: 5,
};

const anything = rule('anything', () => true);

const optionRules: Rules<AcmeIssuerOptions> = {
  store: withFunctions(['get', 'set', 'delete']),
  board: withFunctions(['put', 'find', 'remove']),
  directory: rule(
    'an address such as https://ca.example.com/directory',
    (value) => typeof value === 'string' && URL.canParse(value),
  ),
  email: rule(
    'an address such as ops@example.com',
    (value) => typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value),
  ),
  externalAccount: anything,
  ca: rule('a PEM text', (value) => typeof value === 'string' && value.includes('-----BEGIN CERTIFICATE-----')),
  challenges: rule('a list of challenges', (value) => Array.isArray(value) && value.length > 0),
  dns: withFunctions(['set', 'remove']),
  profile: rule('a text', (value) => typeof value === 'string' && value !== ''),
  keyType: oneOf('ec', 'rsa'),
  clock: withFunctions(['now', 'schedule']),
};

/** Creates what orders certificates of an ACME authority (RFC 8555). It agrees to the authority's terms. Throws `CERTIFICATES_OPTION_INVALID`. */
export function createAcmeIssuer(options: AcmeIssuerOptions): CertificateIssuer {
  checkOptions(options, optionRules, (fault) => certificateError('CERTIFICATES_OPTION_INVALID', fault));
  return new AcmeIssuer(options);
}

class AcmeIssuer implements CertificateIssuer {
  readonly name: string;
  private readonly options: AcmeIssuerOptions;
  private readonly directory: string;
  private readonly able: readonly ChallengeType[];
  private readonly clock: Clock;
  private readonly solver: ChallengeSolver;
  private worked: ChallengeType | null = null;

  constructor(options: AcmeIssuerOptions) {
    const { directory = letsEncrypt, dns, board, challenges, clock = systemClock } = options;
    const usual: readonly ChallengeType[] = ['http-01', 'tls-alpn-01', 'dns-01'];
    this.options = options;
    this.directory = directory;
    this.name = new URL(directory).host;
    this.able = (challenges ?? usual).filter((type) => type !== 'dns-01' || dns !== undefined);
    this.clock = clock;
    this.solver = createSolver(board, dns);
  }

  refusal(name: string): string | null {
    if (isLocalhost(name)) return 'a name of this machine only, for a local authority (`local: true`)';
    if (isPrivateName(name) && publicHosts.test(new URL(this.directory).hostname))
      return 'a name outside the public DNS, for a local authority (`local: true`)';
    return challengesFor(name, this.able).length === 0
      ? `a wildcard needs the challenge dns-01, and with it a provider for the DNS`
      : null;
  }

  async issue(
    names: readonly string[],
    signal: AbortSignal,
    replaces: KeyedCertificate | null,
  ): Promise<KeyedCertificate> {
    const attempt = (): Promise<KeyedCertificate> => this.tryChallenges(names, signal, replaces);
    try {
      return await attempt();
    } catch (error) {
      if (!isAccountGone(error)) throw error;
      await forgetAccount(this.options.store, this.directory);
      return attempt();
    }
  }

  async renewalInfo({ cert }: KeyedCertificate, signal: AbortSignal) {
    const id = renewalId(cert);
    if (id === null) return null;
    const send = createAcmeSend(this.options.ca, signal);
    const { data } = await send(this.directory, 'get');
    const { renewalInfo } = (typeof data === 'object' && data !== null ? data : {}) as {
      readonly renewalInfo?: unknown;
    };
    if (typeof renewalInfo !== 'string') return null;
    return readRenewalInfo(await send(`${renewalInfo.replace(/\/$/, '')}/${id}`, 'get'), this.clock.now());
  }

  async revoke({ cert }: Pick<KeyedCertificate, 'cert'>, reason: RevocationReason, signal: AbortSignal): Promise<void> {
    const { client } = await this.connect(signal);
    const why = { reason: reasons[reason] } as Parameters<typeof client.revokeCertificate>[1];
    await client.revokeCertificate(cert, why).catch((error: unknown) => {
      if (!isRevokedAlready(error)) throw error;
    });
  }

  private async tryChallenges(
    names: readonly string[],
    signal: AbortSignal,
    replaces: KeyedCertificate | null,
  ): Promise<KeyedCertificate> {
    const { profile, keyType = 'ec' } = this.options;
    const connection = await this.connect(signal);
    const more = {
      ...(profile === undefined ? {} : { profile: listedProfile(profile, await connection.directory()) }),
      ...(await this.replaced(connection, replaces)),
    };
    const types = challengesFor(names[0]!, this.able, this.worked);
    const failures: unknown[] = [];
    for (const challenge of types) {
      try {
        const order = { names, challenge, solver: this.solver, keyType, more, clock: this.clock, signal };
        const issued = await orderCertificate(connection, order);
        this.worked = challenge;
        return issued;
      } catch (error) {
        // Only a challenge that the authority could not see is worth another way.
        if ((error as { readonly code?: unknown }).code !== 'CERTIFICATES_ACME_CHALLENGE_FAILED') throw error;
        failures.push(error);
      }
    }
    throw failures.length === 1 ? failures[0] : severalFailed(types, failures);
  }

  private connect(signal: AbortSignal): Promise<AcmeConnection> {
    const { store, email = null, externalAccount = null, ca } = this.options;
    const now = (): number => this.clock.now();
    return connectAccount({ store, email, externalAccount, ca, directory: this.directory, signal, now });
  }

  /** RFC 9773 §5: a renewal that says what it replaces is not counted against limits. */
  private async replaced(
    { directory }: AcmeConnection,
    replaces: KeyedCertificate | null,
  ): Promise<{ readonly replaces?: string }> {
    if (replaces === null || typeof (await directory())['renewalInfo'] !== 'string') return {};
    const id = renewalId(replaces.cert);
    return id === null ? {} : { replaces: id };
  }
}

function severalFailed(types: readonly ChallengeType[], failures: readonly unknown[]): Error {
  const reasons = failures.map((error, index) => `${types[index]}: ${(error as Error).message}`);
  return certificateError('CERTIFICATES_ACME_CHALLENGE_FAILED', reasons.join('; '), failures[0]);
}

function createSolver(board: ChallengeBoard, dns: DnsProvider | undefined): ChallengeSolver {
  const record = (name: string): string => `_acme-challenge.${name}`;
  return {
    async show(type, name, token, answer) {
      if (type === 'dns-01') await dns!.set(record(name), answer);
      else await board.put(type === 'http-01' ? 'token' : 'name', type === 'http-01' ? token : name, answer);
    },
    async hide(type, name, token, answer) {
      if (type === 'dns-01') await dns!.remove(record(name), answer);
      else await board.remove(type === 'http-01' ? 'token' : 'name', type === 'http-01' ? token : name);
    },
  };
}
