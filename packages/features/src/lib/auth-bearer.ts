import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type BearerOptions, bearer, introspection, jwt, type TokenVerifier } from '@windhover/auth';
import { duration, OptionsError, orAlone } from '@windhover/config';
import type { Services } from '@windhover/core/feature';
import { z } from 'zod';
import { defineScheme } from './auth-scheme-maker.ts';
import { inAuthorization } from './has-credentials.ts';

const text = z.string().min(1);
const url = z.url({ protocol: /^https?$/, error: 'expected a URL' });

const introspectionSchema = z
  .strictObject({
    url: url.describe('The endpoint.'),
    clientId: text.describe('Who this server is there.'),
    clientSecret: text.describe('Its password.'),
    timeout: duration(1).exactOptional().describe('How long the endpoint may take. Default: 5s.'),
  })
  .exactOptional()
  .describe('Asks the issuer about each token (RFC 7662), for tokens that only it can read. Default: tokens are JWTs.');

const schema = orAlone(
  'issuer',
  z.strictObject({
    issuer: url.exactOptional().describe('Who must have issued the tokens: their `iss`, exactly.'),
    audience: z
      .union([text, z.array(text).min(1)])
      .exactOptional()
      .describe('Whom tokens must be for: their `aud`, one of several.'),
    algorithms: z
      .array(text)
      .min(1)
      .exactOptional()
      .describe('The signatures that are allowed. Default: RS256, PS256, ES256 and EdDSA; HS256 with secret.'),
    jwks: text
      .exactOptional()
      .describe('Where the keys are: a URL, or a file. Default: as the metadata of the issuer says.'),
    secret: text.exactOptional().describe('In place of keys: a secret shared with the issuer, 32 bytes or more.'),
    introspection: introspectionSchema,
    leeway: duration().exactOptional().describe('How far clocks may differ. Default: 5s.'),
    cache: duration()
      .exactOptional()
      .describe('How long a good token is remembered, at most. Default: 1m, and 30s with introspection.'),
    name: text.exactOptional().describe('The claim with the name of the user. Default: sub.'),
    roles: text
      .exactOptional()
      .describe('The claim with the roles; dots lead into objects: realm_access.roles. Default: roles.'),
    scopes: z.array(text).exactOptional().describe('Scopes that tokens must have, all of them. Default: none.'),
    allowInner: z
      .boolean()
      .exactOptional()
      .describe('Whether these URLs may lead to an inner network, and be plain http. Default: false.'),
    ca: text
      .exactOptional()
      .describe('A PEM file with the authorities of the issuer. Default: those that come with Node.'),
  }),
).describe('Tokens in Authorization: Bearer. JWTs of an issuer, or what it knows by introspection.');

type Options = z.output<typeof schema>;

/** `bearer` of `auth`. */
export const bearerScheme = defineScheme<Options>({
  key: 'bearer',
  schema,
  create(options, services) {
    const verifier = options.introspection === undefined ? byKeys(options, services) : byAsking(options, services);
    const { scopes } = options;
    const bearerOptions: BearerOptions = { clock: services.clock, ...(scopes === undefined ? {} : { scopes }) };
    return { scheme: bearer(verifier, bearerOptions), hasCredentials: inAuthorization('bearer') };
  },
});

function byKeys(options: Options, services: Services): TokenVerifier {
  const { issuer, audience, algorithms, jwks, secret, leeway, cache } = options;
  if (issuer === undefined || audience === undefined)
    throw new OptionsError([{ path: [], message: 'expected the keys `issuer` and `audience`' }]);
  if (jwks !== undefined && secret !== undefined)
    throw new OptionsError([{ path: ['secret'], message: 'expected either `jwks` or `secret`' }]);
  return jwt({
    issuer,
    audience,
    log: services.log,
    ...common(options, services),
    ...(jwks === undefined ? {} : keysAt(jwks, services)),
    ...(algorithms === undefined ? {} : { algorithms }),
    ...(secret === undefined ? {} : { secret }),
    ...(leeway === undefined ? {} : { leewayMs: leeway }),
    ...(cache === undefined ? {} : { cacheMs: cache }),
  });
}

function byAsking(options: Options, services: Services): TokenVerifier {
  const { timeout, ...endpoint } = options.introspection!;
  const foreign = (['issuer', 'algorithms', 'jwks', 'secret', 'leeway'] as const).find(
    (key) => options[key] !== undefined,
  );
  if (foreign !== undefined)
    throw new OptionsError([{ path: [foreign], message: 'expected nothing beside `introspection`' }]);
  const { audience, cache } = options;
  if (Array.isArray(audience))
    throw new OptionsError([{ path: ['audience'], message: 'expected one text with `introspection`' }]);
  return introspection({
    ...endpoint,
    ...common(options, services),
    ...(audience === undefined ? {} : { audience: audience as string }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(cache === undefined ? {} : { cacheMs: cache }),
  });
}

function common({ name, roles, allowInner, ca }: Options, { clock, location }: Services) {
  return {
    clock,
    ...(name === undefined ? {} : { nameClaim: name }),
    ...(roles === undefined ? {} : { rolesClaim: roles }),
    ...(allowInner === undefined ? {} : { allowInner }),
    ...(ca === undefined ? {} : { ca: readText(resolve(location.directory, ca), 'ca') }),
  };
}

function keysAt(jwks: string, { location }: Services) {
  if (/^https?:/.test(jwks)) return { jwksUrl: jwks };
  try {
    return { keys: JSON.parse(readText(resolve(location.directory, jwks), 'jwks')) };
  } catch (error) {
    if (error instanceof OptionsError) throw error;
    throw new OptionsError([{ path: ['jwks'], message: `expected a JSON Web Key Set: ${(error as Error).message}` }]);
  }
}

function readText(file: string, key: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OptionsError([{ path: [key], message: `expected a file: ${(error as Error).message}` }]);
  }
}
