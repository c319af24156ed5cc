import { orAlone, size } from '@windhover/config';
import { parseListenAddress } from '@windhover/config/read';
import { z } from 'zod';
import { isAdminAddressOpen } from './admin-address.ts';
import { usersInPlace } from './users.ts';

const name = z.string().min(1);
const role = z.enum(['look', 'operate', 'configure']);

const listen = z
  .union([z.int().meta({ title: 'a port' }), z.string().meta({ title: 'an address as a text' })])
  .superRefine((written, context) => {
    const address = parseListenAddress(written);
    if ('expected' in address) context.addIssue({ code: 'custom', message: `expected ${address.expected}` });
  });

const token = z
  .strictObject({
    name: name.describe('Who uses it, for the audit log.'),
    role: role
      .default('look')
      .describe('look reads, operate also acts on what runs, configure changes the configuration too. Default: look.'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, { error: 'expected 64 hexadecimal digits, as `windhover tokens create` prints them' })
      .exactOptional()
      .describe('The SHA-256 of the token, so that who reads this file cannot use it.'),
    token: z
      .string()
      .min(20)
      .exactOptional()
      .describe('The token itself, at least 20 characters. Better `sha256`, or a variable of the environment.'),
  })
  .superRefine(({ sha256, token: plain }, context) => {
    if ((sha256 === undefined) === (plain === undefined))
      context.addIssue({ code: 'custom', message: 'expected either the key `sha256` or `token`' });
  });

const deployment = orAlone(
  'folder',
  z.strictObject({
    folder: name.describe('Versions lie in `versions` below it; serve `current`, which leads to the one in use.'),
    pool: name.exactOptional().describe('The application under `apps` that is recycled after a switch. Default: none.'),
    keep: z.int().min(1).max(1000).exactOptional().describe('How many versions are kept. Default: 5.'),
  }),
);

const options = z
  .strictObject({
    listen: listen
      .default('127.0.0.1:9146')
      .describe(
        'The address. Default: 127.0.0.1:9146. A port alone is one of 127.0.0.1. Another address than one of this machine alone needs `tls`.',
      ),
    tls: z
      .strictObject({
        certificate: name.describe('The PEM file of the certificate and those between it and a known root.'),
        key: name.exactOptional().describe('The PEM file of its key. Default: it stands in the file of `certificate`.'),
      })
      .exactOptional()
      .describe('The PEM files of the certificate and its key. Default: no TLS.'),
    hosts: z
      .array(name)
      .exactOptional()
      .describe('Host names under which it may be asked, besides localhost and the address. Default: none.'),
    users: z
      .union([name, usersInPlace])
      .exactOptional()
      .describe('Who may log in: the name of a list under `users`, or a list in place.'),
    roles: z
      .strictObject({
        look: z.array(name).exactOptional().describe('Who may only look. Default: nobody.'),
        operate: z
          .array(name)
          .exactOptional()
          .describe(
            'Who may also act on what runs: drain servers, purge caches, recycle applications. Default: nobody.',
          ),
        configure: z.array(name).exactOptional().describe('Who may do everything. Default: nobody.'),
      })
      .exactOptional()
      .describe(
        'What each may do: names of users, or of their roles; others may not log in. Default: all may do everything.',
      ),
    tokens: z.array(token).exactOptional().describe('Tokens of programs. Default: none.'),
    audit: z
      .union([name, z.literal(false)])
      .exactOptional()
      .describe(
        'The file that takes who did what, as lines of JSON. false: none. Default: audit.log in the folder of `history`.',
      ),
    history: z
      .union([
        z.literal(false),
        orAlone(
          'folder',
          z.strictObject({
            folder: name
              .exactOptional()
              .describe('The folder. Default: the name of the file with .history, beside it.'),
            keep: z.int().min(1).max(1000).exactOptional().describe('How many are kept. Default: 50.'),
          }),
        ),
      ])
      .exactOptional()
      .describe(
        'The folder of earlier configurations, and how many it keeps. false: none. Default: 50 in a folder beside the file.',
      ),
    console: z.boolean().default(true).describe('Whether the console is served, a page for browsers. Default: true.'),
    deployments: z
      .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), deployment)
      .exactOptional()
      .describe('Folders that `windhover deploy` fills, by name. Default: none.'),
    maxUpload: size(1024).exactOptional().describe('The longest ZIP file. Default: 256MiB.'),
  })
  .superRefine(({ users, tokens, listen: address, tls }, context) => {
    const refuse = (key: string, message: string): void => context.addIssue({ code: 'custom', message, path: [key] });
    if (users === undefined && (tokens ?? []).length === 0)
      refuse('users', 'expected `users` or `tokens`: otherwise nobody can log in');
    if (tls === undefined && isAdminAddressOpen(address))
      refuse('listen', 'expected an address of this machine alone, such as 127.0.0.1:9146, or the key `tls` beside it');
  });

/** `admin` as it is written. */
export const adminSchema = options.describe(
  'Serves the management API and the console: what runs, what it does, and how to change it.',
);

/** The options of `admin`. */
export type AdminOptions = z.output<typeof adminSchema>;
