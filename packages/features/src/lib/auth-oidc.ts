import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ClientKey, createEndedLogins, type EndedLogins, oidc, type SharedWork } from '@windhover/auth-oidc';
import { duration, OptionsError, orAlone } from '@windhover/config';
import type { Services } from '@windhover/core/feature';
import { z } from 'zod';
import { defineScheme } from './auth-scheme-maker.ts';
import { storesKind } from './stores.ts';

const text = z.string().min(1);
const path = z.string().regex(/^\/[\w\-./~]+$/, { error: 'expected a path such as /auth/callback' });

const schema = z
  .strictObject({
    issuer: z
      .url({ protocol: /^https?$/, error: 'expected a URL' })
      .describe('The provider, exactly as its metadata names it. https, or http on this machine.'),
    clientId: text.describe('Who this server is there.'),
    clientSecret: text.exactOptional().describe('Its secret, best from a variable. Default: none, a public client.'),
    clientKey: orAlone(
      'file',
      z.strictObject({
        file: text.describe('A PEM file with the private key: `-----BEGIN PRIVATE KEY-----`.'),
        algorithm: z
          .enum(['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA', 'Ed25519'])
          .exactOptional()
          .describe('How it signs. Default: ES256.'),
        id: text.exactOptional().describe('The `kid` under which the provider knows the key. Default: none.'),
      }),
    )
      .exactOptional()
      .describe('A private key in place of the secret (private_key_jwt). Default: none.'),
    scopes: z
      .array(text)
      .min(1)
      .exactOptional()
      .describe('What is asked for, `openid` among it. Default: openid, profile and email.'),
    parameters: z
      .record(text, z.string())
      .exactOptional()
      .describe('More parameters of the request to the provider: { prompt: login }. Default: none.'),
    origin: z
      .string()
      .regex(/^https?:\/\/[^/?#\s]+$/, { error: 'expected an origin such as https://app.example.com' })
      .exactOptional()
      .describe('How browsers reach this server. Default: the scheme and host that the request names.'),
    redirectPath: path
      .exactOptional()
      .describe('Where the provider sends the browser back to. Default: /auth/callback.'),
    loginPath: path
      .exactOptional()
      .describe('A link to it logs in, and goes to the path in ?to=. Default: /auth/login.'),
    logoutPath: path.exactOptional().describe('A form or a link on this website logs out here. Default: /auth/logout.'),
    backchannelPath: path
      .exactOptional()
      .describe('Where the provider tells of logouts elsewhere. Default: /auth/backchannel.'),
    afterLogoutPath: z
      .string()
      .regex(/^\/(?!\/)[\w\-./~]*$/, { error: 'expected a path' })
      .nullable()
      .exactOptional()
      .describe('Where the browser goes after a logout; null: it stays at the provider. Default: /.'),
    asks: z
      .boolean()
      .exactOptional()
      .describe('Whether pages without a user lead to the provider; otherwise only loginPath does. Default: true.'),
    name: text.exactOptional().describe('The claim with the name of the user. Default: sub.'),
    roles: text
      .exactOptional()
      .describe('The claim with the roles; dots lead into objects: realm_access.roles. Default: roles.'),
    claims: z
      .array(text)
      .exactOptional()
      .describe('Claims that the session keeps, for rules of `authorize`. Default: name and email.'),
    userInfo: z
      .boolean()
      .exactOptional()
      .describe('Whether claims are read from the UserInfo endpoint too. Default: false.'),
    keepIdToken: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether the session keeps the ID token, so that the provider need not ask at a logout. Use a store for that. Default: false.',
      ),
    store: text
      .exactOptional()
      .describe(
        'The name of a store under `stores`: a logout that the provider tells to one server holds on all of them, and one server refreshes a login for all. Default: the workers of this server tell each other.',
      ),
    leeway: duration().exactOptional().describe('How far clocks may differ. Default: 30s.'),
    timeout: duration(1).exactOptional().describe('How long the provider may take to answer. Default: 5s.'),
    allowInsecure: z
      .boolean()
      .exactOptional()
      .describe('Whether the provider may be plain http on another machine. Default: false.'),
  })
  .describe(
    'Logs users in at an OpenID Connect provider. It needs `session` beside it, and stands last in a list, because it leads pages without a user to the provider; others get 401.',
  );

/** `oidc` of `auth`. */
export const oidcScheme = defineScheme<z.output<typeof schema>>({
  key: 'oidc',
  schema,
  create({ name, roles, claims, leeway, timeout, clientKey, store, ...same }, services) {
    const { clock, log } = services;
    const shared = store === undefined ? shareEnded(services) : endedInStore(store, services);
    const scheme = oidc({
      ...same,
      clock,
      log,
      ended: shared.ended,
      ...(shared.sharedWork === undefined ? {} : { sharedWork: shared.sharedWork }),
      ...(clientKey === undefined ? {} : { clientKey: readClientKey(clientKey, services) }),
      ...(name === undefined ? {} : { nameClaim: name }),
      ...(roles === undefined ? {} : { rolesClaim: roles }),
      ...(claims === undefined ? {} : { keepClaims: claims }),
      ...(leeway === undefined ? {} : { leewayMs: leeway }),
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    });
    return { scheme, dispose: shared.close, commit: shared.open };
  },
});

interface WrittenKey {
  readonly file: string;
  readonly algorithm?: string | undefined;
  readonly id?: string | undefined;
}

function readClientKey({ file, algorithm = 'ES256', id }: WrittenKey, { location }: Services): ClientKey {
  const refuse = (what: string): OptionsError => new OptionsError([{ path: ['clientKey'], message: what }]);
  let pem: string;
  try {
    pem = readFileSync(resolve(location.directory, file), 'utf8');
  } catch (error) {
    throw refuse(`expected a file: ${(error as Error).message}`);
  }
  const kind = kindOfKey(pem);
  if (kind === null) throw refuse('expected a private key in PEM, not encrypted: `-----BEGIN PRIVATE KEY-----`');
  const expected = algorithm.startsWith('ES') ? 'ec' : algorithm.startsWith('Ed') ? 'ed25519' : 'rsa';
  if (kind !== expected) throw refuse(`expected a key of the kind ${expected} for ${algorithm}, found ${kind}`);
  return { pem, algorithm, ...(id === undefined ? {} : { id }) };
}

/** `null`: it is no key that can be used. The message of OpenSSL is left out: nothing of the file may be shown. */
function kindOfKey(pem: string): string | null {
  if (!pem.includes('-----BEGIN PRIVATE KEY-----')) return null;
  try {
    return createPrivateKey(pem).asymmetricKeyType ?? null;
  } catch {
    return null;
  }
}

/** What processes know of each other's logins. */
interface SharedLogins {
  readonly ended: EndedLogins;
  readonly sharedWork?: SharedWork;
  readonly open: () => void;
  readonly close: () => void;
}

/** Ended logins and refreshes of every server with the store. */
function endedInStore(name: string, services: Services): SharedLogins {
  const { endedLogins: ended, sharedWork } = services.resource(storesKind, name, ['store']);
  return { ended, sharedWork, open: () => undefined, close: () => undefined };
}

const topic = 'oidc-ended';

/** Ended logins survive a reload, and the workers tell each other. */
function shareEnded({ lease, bus, clock }: Services): SharedLogins {
  const memory = lease('oidc-ended', '', () => createEndedLogins({ clock }));
  const ended: EndedLogins = {
    endedAt: (key) => memory.endedAt(key),
    end(key, issuedAt) {
      bus.publish(topic, [key, issuedAt]);
      return memory.end(key, issuedAt);
    },
  };
  let close: () => void = () => undefined;
  const open = (): void => {
    close = bus.subscribe(topic, (message) => {
      const [key, issuedAt] = message as [string, number];
      void memory.end(key, issuedAt);
    });
  };
  return { ended, open, close: () => close() };
}
