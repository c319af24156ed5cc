import { type AuthOptions, auth } from '@windhover/auth';
import { OptionsError, type PlacedFeature } from '@windhover/config';
import { HttpError } from '@windhover/core';
import type { Feature, FeatureInstance, Services } from '@windhover/core/feature';
import { listNames } from '@windhover/options';
import { z } from 'zod';
import type { MadeScheme } from './auth-scheme-maker.ts';
import { authSchemes } from './auth-schemes.ts';
import { explainAuth } from './explain-auth.ts';

const keys = authSchemes.map(({ key }) => key);
const schemeKeys = Object.fromEntries(authSchemes.map(({ key, schema }) => [key, schema.exactOptional()]));
const oneScheme = z.strictObject(schemeKeys, { error: meantScheme });

const schema = z
  .strictObject(
    {
      any: z.array(oneScheme).min(1).exactOptional().describe('Several schemes, one of which must find a user.'),
      all: z
        .array(oneScheme)
        .min(1)
        .exactOptional()
        .describe('Several schemes, all of which must find a user. The user is that of the first.'),
      optional: z
        .boolean()
        .exactOptional()
        .describe(
          'Whether requests without credentials pass, without a user; wrong ones are refused. `authorize` then asks for a user where a rule needs one. Default: false.',
        ),
      passCredentials: z
        .boolean()
        .exactOptional()
        .describe(
          'Whether `proxy` sends on what was for this server alone: the password of Basic, and the proofs of Digest and Negotiate. Tokens are sent on in any case. Default: false.',
        ),
      tell: z
        .strictObject({
          user: z.string().min(1).exactOptional().describe('The field that gets the name of the user. Default: none.'),
          roles: z
            .string()
            .min(1)
            .exactOptional()
            .describe('The field that gets the roles, commas between. Default: none.'),
        })
        .exactOptional()
        .describe(
          "Request fields that tell the application who the user is. The client's own are removed, under every spelling. Default: none.",
        ),
      ...schemeKeys,
    },
    { error: meantScheme },
  )
  .describe('Who the user is: one scheme, or several with `any` or `all`. Requests without a user get 401.');

type Options = z.output<typeof schema>;
type Written = Readonly<Record<string, unknown>>;

/** `auth`: who the user is. */
export const authFeature: Feature<Options> = {
  name: 'auth',
  levels: ['top', 'site', 'route'],
  phases: ['auth'],
  combine: 'replace',
  schema,
  create(options, services) {
    const { any, all, optional, tell, passCredentials, ...alone } = options as Options & Written;
    const written = [any, all, ...Object.values(alone)].filter((value) => value !== undefined);
    if (written.length !== 1) throw expectOne([], ['any', 'all', ...keys]);
    const [list, combination] = any === undefined ? [all, 'all' as const] : [any, 'any' as const];
    const made =
      list === undefined
        ? [makeScheme(alone, services, [])]
        : list.map((each, index) => makeScheme(each, services, [combination, index]));
    const schemes = made.map(({ scheme }) => scheme);
    const chosen = combination === 'any' ? { any: schemes } : { all: schemes };
    const authOptions: AuthOptions = {
      ...chosen,
      ...(optional === undefined ? {} : { optional }),
      ...(tell === undefined ? {} : { tell }),
      ...(passCredentials === undefined ? {} : { passCredentials }),
      onRefused: countRefusals(services),
    };
    const explained = { made, combination, optional: optional ?? false };
    const instance: AuthInstance = {
      needsSession: [alone, ...(list ?? [])].some((each) => (each as Written)['oidc'] !== undefined),
      needsTls: made.some(({ needsTls }) => needsTls === true),
      layers: [{ phase: 'auth', run: auth(authOptions), explain: (request) => [explainAuth(explained, request)] }],
      async prepare() {
        for (const each of made) await each.prepare?.();
      },
      commit() {
        for (const each of made) each.commit?.();
      },
      async dispose() {
        for (const each of made) await each.dispose?.();
      },
    };
    return instance;
  },
};

/** What `auth` makes. */
interface AuthInstance extends FeatureInstance {
  readonly needsSession: boolean;
  readonly needsTls: boolean;
}

/** Whether a place of the configuration is an `auth` that keeps its logins in a session. */
export function needsSession({ feature, instance }: PlacedFeature): boolean {
  return feature.name === authFeature.name && (instance as AuthInstance | null)?.needsSession === true;
}

/** Whether a place of the configuration is an `auth` that takes client certificates of this server's own connections. */
export function needsClientCertificates({ feature, instance }: PlacedFeature): boolean {
  return feature.name === authFeature.name && (instance as AuthInstance | null)?.needsTls === true;
}

function makeScheme(written: Written, services: Services, at: readonly (string | number)[]): MadeScheme {
  const named = Object.keys(written).filter((key) => written[key] !== undefined);
  const maker = named.length === 1 ? authSchemes.find(({ key }) => key === named[0]) : undefined;
  if (maker === undefined) throw expectOne(at, keys);
  const place = [...at, maker.key];
  try {
    return maker.create(written[maker.key], services, place);
  } catch (error) {
    if (error instanceof OptionsError)
      throw new OptionsError(
        error.issues.map((issue) => ({
          ...issue,
          path: startsWith(issue.path, place) ? issue.path : [...place, ...issue.path],
        })),
      );
    if (!HttpError.is(error)) throw error;
    throw new OptionsError([{ path: place, message: error.message }]);
  }
}

/** Problems of named resources have the whole path already. */
function startsWith(path: readonly unknown[], beginning: readonly unknown[]): boolean {
  return beginning.every((part, index) => path[index] === part);
}

/** What was probably meant by a name or a list in place of the options. */
function meantScheme({ code, input }: { readonly code: string; readonly input?: unknown }): string | undefined {
  if (code !== 'invalid_type') return undefined;
  if (Array.isArray(input)) return 'meant: { any: [...] }';
  if (typeof input !== 'string') return undefined;
  return keys.includes(input) ? `meant: { ${input}: ... }` : `meant: { basic: ${input} }`;
}

function expectOne(path: readonly (string | number)[], names: readonly string[]): OptionsError {
  return new OptionsError([{ path, message: `expected one of the keys ${listNames(names)}` }]);
}

function countRefusals({ metrics, location }: Services): NonNullable<AuthOptions['onRefused']> {
  const refused = metrics.counter('windhover_auth_refused_total', 'Requests whose credentials were refused.', [
    'site',
    'route',
    'reason',
  ]);
  const { site, route } = location;
  return ({ reason }) => refused.of(site ?? '', route ?? '', reason).add();
}
