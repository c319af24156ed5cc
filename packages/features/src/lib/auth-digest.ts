import { resolve } from 'node:path';
import { digest } from '@windhover/auth';
import { duration, OptionsError, orAlone, size } from '@windhover/config';
import { z } from 'zod';
import { defineScheme } from './auth-scheme-maker.ts';
import { digestFileProblem } from './digest-file-problem.ts';
import { inAuthorization } from './has-credentials.ts';

const text = z.string().min(1);
const schema = orAlone(
  'htdigest',
  z.strictObject({
    htdigest: text.describe(
      'A file with lines of name:realm:hash, as `htdigest` writes it, with MD5 or SHA-256. Keep it secret: it is enough to log in. A change takes effect within a second.',
    ),
    realm: text.exactOptional().describe('What browsers show; the hashes are for this one. Default: Login.'),
    algorithms: z
      .array(z.enum(['SHA-256', 'MD5', 'SHA-256-sess', 'MD5-sess']))
      .min(1)
      .exactOptional()
      .describe('What clients may use. Default: SHA-256, and MD5 for clients that know nothing else.'),
    qop: z
      .array(z.enum(['auth', 'auth-int']))
      .min(1)
      .exactOptional()
      .describe('auth protects method and URL, auth-int the body too, which is read for that. Default: auth.'),
    userhash: z
      .boolean()
      .exactOptional()
      .describe('Whether names are sent hashed. Default: false, since many clients cannot.'),
    nonce: duration(1).exactOptional().describe('How long a nonce is good. Default: 5m.'),
    maxBody: size()
      .exactOptional()
      .describe('The longest body that auth-int reads. Default: 1MiB, because it is held in memory.'),
    roles: z
      .record(text, z.array(text))
      .exactOptional()
      .describe('Roles, each with the names of those who have it. Default: none.'),
  }),
).describe(
  'Proof of a password that is not sent (HTTP Digest, RFC 7616). Each worker process knows its own nonces, so a client that changes the connection may be asked twice. Basic over TLS is better where clients can choose.',
);

/** `digest` of `auth`. */
export const digestScheme = defineScheme<z.output<typeof schema>>({
  key: 'digest',
  schema,
  create({ htdigest, nonce, maxBody, ...same }, { location, clock, log }) {
    const path = resolve(location.directory, htdigest);
    const problem = digestFileProblem(path, same.realm ?? 'Login');
    if (problem !== null) throw new OptionsError([{ path: ['htdigest'], message: problem }]);
    const scheme = digest(path, {
      ...same,
      clock,
      log,
      ...(nonce === undefined ? {} : { nonceMs: nonce }),
      ...(maxBody === undefined ? {} : { maxBodyBytes: maxBody }),
    });
    return { scheme, hasCredentials: inAuthorization('digest'), prepare: () => scheme.load() };
  },
});
