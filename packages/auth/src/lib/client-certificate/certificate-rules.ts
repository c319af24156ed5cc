import type { X509Certificate } from 'node:crypto';
import { isRecord, unknownName } from '@windhover/options';
import { optionError } from '../errors.ts';
import type { User } from '../user.ts';

/** Which certificates a rule is about. All parts that are named must fit. */
export interface CertificateRule {
  /** One certificate, by the SHA-256 of its DER form in hexadecimal, with or without colons. */
  readonly fingerprint?: string;
  /** Fields of the subject: `{ O: 'Example', CN: '*.staff' }`. `*` stands for anything. */
  readonly subject?: Readonly<Record<string, string>>;
  /** Fields of the issuer. */
  readonly issuer?: Readonly<Record<string, string>>;
  /** The user: a name, or `subject.CN` and the like in braces: `{CN}`. `null`: such certificates are refused. */
  readonly user: string | null;
  /** Default: none. */
  readonly roles?: readonly string[];
}

type Names = ReadonlyMap<string, readonly string[]>;
type CertificateTest = (certificate: X509Certificate, subject: Names, issuer: Names) => boolean;

/** Finds the user of a certificate: `null` for a refused one, `undefined` if no rule fits. */
export type CertificateMapping = (certificate: X509Certificate) => User | null | undefined;

/**
 * Prepares the rules: one-to-one by fingerprint, many-to-one by fields, as IIS has them. Those for one certificate come
 * first, then the others in their order. Throws `AUTH_OPTION_INVALID`.
 */
export function certificateMapping(rules: readonly CertificateRule[]): CertificateMapping {
  if (!Array.isArray(rules) || rules.length === 0) throw optionError('expected a list of rules for certificates');
  const compiled = (rules as readonly CertificateRule[]).map(compileRule);
  const ordered = [...compiled.filter(({ isOne }) => isOne), ...compiled.filter(({ isOne }) => !isOne)];
  return (certificate) => {
    const subject = namesOf(certificate.subject);
    const issuer = namesOf(certificate.issuer);
    const found = ordered.find(({ fits }) => fits(certificate, subject, issuer));
    return found === undefined ? undefined : found.userOf(subject);
  };
}

function compileRule(rule: CertificateRule, index: number) {
  const fault = isRecord(rule)
    ? unknownName(rule, ['fingerprint', 'subject', 'issuer', 'user', 'roles'])
    : 'expected a rule';
  if (fault !== null) throw optionError(`[${index}]: ${fault}`);
  const { fingerprint, subject, issuer, user, roles } = rule;
  if (user !== null && (typeof user !== 'string' || user === '')) throw optionError(`[${index}]: expected user`);
  const tests: CertificateTest[] = [];
  if (fingerprint !== undefined) {
    const wanted = fingerprint.replaceAll(':', '').toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(wanted)) throw optionError(`[${index}].fingerprint: expected 64 hexadecimal digits`);
    tests.push((certificate) => certificate.fingerprint256.replaceAll(':', '').toLowerCase() === wanted);
  }
  for (const [field, pattern] of Object.entries(subject ?? {})) {
    const test = nameTest(field, pattern);
    tests.push((_, names) => test(names));
  }
  for (const [field, pattern] of Object.entries(issuer ?? {})) {
    const test = nameTest(field, pattern);
    tests.push((_, __, names) => test(names));
  }
  if (tests.length === 0) throw optionError(`[${index}]: expected fingerprint, subject or issuer`);
  return {
    isOne: fingerprint !== undefined,
    fits: (...facts: Parameters<CertificateTest>) => tests.every((test) => test(...facts)),
    userOf(names: Names): User | null {
      const name = user === null ? null : fillIn(user, names);
      return name === null ? null : Object.freeze({ name, ...(roles === undefined ? {} : { roles: [...roles] }) });
    },
  };
}

/** The user with names of the subject filled in; `null` if the subject does not have exactly one of them. */
function fillIn(pattern: string, names: Names): string | null {
  let isComplete = true;
  const text = pattern.replace(/\{([A-Za-z]+)\}/g, (_, field: string) => {
    const values = names.get(field) ?? [];
    if (values.length !== 1) isComplete = false;
    return values[0] ?? '';
  });
  return isComplete && text !== '' ? text : null;
}

function nameTest(field: string, pattern: string): (names: Names) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (names) => (names.get(field) ?? []).some((value) => expression.test(value));
}

/** The fields of a name as Node prints it: one `CN=ada` in each line, special characters with a backslash before. */
function namesOf(text: string): Names {
  const names = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals <= 0) continue;
    const field = line.slice(0, equals);
    const value = line.slice(equals + 1).replace(/\\(.)/g, '$1');
    names.set(field, [...(names.get(field) ?? []), value]);
  }
  return names;
}
