import { resolve } from 'node:path';
import { negotiate } from '@windhover/auth-negotiate';
import { duration, OptionsError, size } from '@windhover/config';
import { z } from 'zod';
import { defineScheme } from './auth-scheme-maker.ts';
import { inAuthorization } from './has-credentials.ts';
import { keytabProblem } from './keytab-problem.ts';

const text = z.string().min(1);

const schema = z
  .strictObject({
    keytab: text
      .exactOptional()
      .describe('The file with the keys of this server; one for all sites. Default: as KRB5_KTNAME and krb5.conf say.'),
    service: text.exactOptional().describe("The first part of the service's principal. Default: HTTP."),
    host: text.exactOptional().describe("The host in the service's principal. Default: every host of the keytab."),
    realms: z
      .record(text, text)
      .exactOptional()
      .describe(
        'The realms whose users may log in, each with how they are named: { EXAMPLE.COM: "{user}" }. Default: all, as "{user}@{realm}".',
      ),
    users: z
      .record(text, text.nullable())
      .exactOptional()
      .describe('Single principals, each with its name; null refuses it. Default: none.'),
    roles: z
      .record(text, z.array(text))
      .exactOptional()
      .describe('Roles, each with the names of those who have it; groups in tickets are not read. Default: none.'),
    perRequest: z
      .boolean()
      .exactOptional()
      .describe('Whether every request needs a ticket, not only the first one of a connection. Default: false.'),
    bind: duration(1)
      .exactOptional()
      .describe('How long a connection keeps its user; then the client shows a ticket again. Default: 1h.'),
    maxToken: size().exactOptional().describe('The largest token. Default: 48000.'),
  })
  .describe('Kerberos logins, as Windows authentication (HTTP Negotiate). Needs the package kerberos.');

/** `negotiate` of `auth`. */
export const negotiateScheme = defineScheme<z.output<typeof schema>>({
  key: 'negotiate',
  schema,
  create({ bind, maxToken, keytab, ...options }, { clock, log, location }) {
    const file = keytab === undefined ? null : resolve(location.directory, keytab);
    const problem = file === null ? null : keytabProblem(file, options.service ?? 'HTTP');
    if (problem !== null) throw new OptionsError([{ path: ['keytab'], message: problem }]);
    const scheme = negotiate({
      ...options,
      ...(file === null ? {} : { keytab: file }),
      clock,
      log,
      ...(bind === undefined ? {} : { bindMs: bind }),
      ...(maxToken === undefined ? {} : { maxTokenBytes: maxToken }),
    });
    return { scheme, hasCredentials: inAuthorization('negotiate'), prepare: () => scheme.load() };
  },
});
