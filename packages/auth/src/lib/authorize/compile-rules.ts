import { canonicalPath } from '@windhover/core';
import { isRecord, unknownName } from '@windhover/options';
import { optionError } from '../errors.ts';
import { networkTest } from '../networks.ts';
import type { User } from '../user.ts';
import type { AccessRule, ClaimValue, Condition, Who } from './access-rule.ts';
import { hasPathPrefix } from './match-path.ts';

/** What rules decide by. */
export interface AccessFacts {
  /** As `comparablePath` returns it. */
  readonly path: string;
  readonly method: string;
  readonly address: string;
  readonly user: User | null;
}

/** A rule that is ready to be asked. */
export interface CompiledRule {
  readonly allows: boolean;
  /** Whether it asks about the user, so that logging in could change its answer. */
  readonly asksForUser: boolean;
  readonly usesPath: boolean;
  /** Whether everything but the user fits. */
  fitsRequest(facts: AccessFacts): boolean;
  fitsUser(user: User | null): boolean;
}

type RequestTest = (facts: AccessFacts) => boolean;
type UserTest = (user: User | null) => boolean;

const partNames = ['path', 'method', 'user', 'role', 'claim', 'login', 'network'];

const words: Readonly<Record<string, Condition>> = {
  everyone: {},
  'logged-in': { login: true },
  anonymous: { login: false },
};

/** Checks rules and prepares them. Throws `AUTH_OPTION_INVALID`. */
export function compileRules(rules: readonly AccessRule[], ignoreCase: boolean): readonly CompiledRule[] {
  if (isRecord(rules) && ('allow' in rules || 'deny' in rules))
    throw optionError('expected a list of rules, found one rule. Did you mean `authorize([{ allow: ... }])`?');
  if (!Array.isArray(rules) || rules.length === 0) throw optionError('expected a list of rules');
  return (rules as readonly AccessRule[]).map((rule, index) => compileRule(rule, `[${index}]`, ignoreCase));
}

function compileRule(rule: AccessRule, where: string, ignoreCase: boolean): CompiledRule {
  const names = isRecord(rule) ? Object.keys(rule) : [];
  if (names.length !== 1 || (names[0] !== 'allow' && names[0] !== 'deny'))
    throw optionError(`${where}: expected either allow or deny`);
  const written = (rule.allow ?? rule.deny) as Who;
  const who = typeof written === 'string' && Object.hasOwn(words, written) ? words[written] : written;
  if (!isRecord(who)) throw optionError(`${where}: expected everyone, logged-in, anonymous or a condition`);
  const fault = unknownName(who, partNames);
  if (fault !== null) throw optionError(`${where}: ${fault}`);
  const requestTests = requestTestsOf(who, where, ignoreCase);
  const userTests = userTestsOf(who, where, ignoreCase);
  return {
    allows: rule.allow !== undefined,
    usesPath: who.path !== undefined,
    asksForUser: userTests.length > 0,
    fitsRequest: (facts) => requestTests.every((test) => test(facts)),
    fitsUser: (user) => userTests.every((test) => test(user)),
  };
}

function requestTestsOf({ path, method, network }: Condition, where: string, ignoreCase: boolean): RequestTest[] {
  const tests: RequestTest[] = [];
  if (path !== undefined) {
    const fold = ignoreCase ? (text: string) => text.toLowerCase() : (text: string) => text;
    const prefixes = listOf(path, where).map((prefix) => fold(prefixOf(prefix, where)));
    tests.push((facts) => prefixes.some((prefix) => hasPathPrefix(fold(facts.path), prefix)));
  }
  if (method !== undefined) {
    const methods = listOf(method, where);
    // As in routes, GET covers HEAD: who may not read must not learn the head.
    tests.push(({ method }) => methods.includes(method) || (method === 'HEAD' && methods.includes('GET')));
  }
  if (network !== undefined) {
    const isInside = networkTest(listOf(network, where), `${where}.network`);
    tests.push((facts) => isInside(facts.address));
  }
  return tests;
}

function userTestsOf({ user, role, claim, login }: Condition, where: string, ignoreCase: boolean): UserTest[] {
  const fold = ignoreCase ? (text: string) => text.toLowerCase() : (text: string) => text;
  const tests: UserTest[] = [];
  if (login !== undefined) tests.push((somebody) => (somebody !== null) === login);
  if (user !== undefined) {
    const names = new Set(listOf(user, where).map(fold));
    tests.push((somebody) => somebody !== null && names.has(fold(somebody.name)));
  }
  if (role !== undefined) {
    const wanted = new Set(listOf(role, where).map(fold));
    tests.push((somebody) => somebody?.roles?.some((each) => wanted.has(fold(each))) === true);
  }
  for (const [name, value] of Object.entries(claim ?? {})) {
    const wanted = Array.isArray(value) ? [...(value as readonly ClaimValue[])] : [value as ClaimValue];
    tests.push((somebody) => {
      const claims = somebody?.claims ?? {};
      return Object.hasOwn(claims, name) && hasOne(claims[name], wanted);
    });
  }
  return tests;
}

function hasOne(found: unknown, wanted: readonly ClaimValue[]): boolean {
  const values = Array.isArray(found) ? (found as readonly unknown[]) : [found];
  return values.some((value) => wanted.includes(value as ClaimValue));
}

function listOf(value: string | readonly string[], where: string): readonly string[] {
  const list = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list) || list.length === 0 || !list.every((entry) => typeof entry === 'string' && entry !== ''))
    throw optionError(`${where}: expected a text or a list of texts`);
  return [...(list as readonly string[])];
}

function prefixOf(prefix: string, where: string): string {
  try {
    const path = canonicalPath(prefix);
    return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  } catch (error) {
    throw optionError(`${where}.path: ${(error as Error).message}`);
  }
}
