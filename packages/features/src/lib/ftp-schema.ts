import { byteRate, duration, orAlone, size } from '@windhover/config';
import { parseListenAddress } from '@windhover/config/read';
import { z } from 'zod';
import { logRotate, logSyslog, logTarget } from './access-log-schema.ts';
import { certificateRule } from './auth-client-certificate.ts';
import { defaultFtpPort } from './ftp-address.ts';
import { connectionFilterSchema } from './ip-filter-schema.ts';
import { askedCertificates } from './tls.ts';
import { usersInPlace } from './users.ts';

const name = z.string().min(1);
const count = z.int().min(1);
/** As paths are compared: a rule about `/secret/` would be about nothing. */
const absolute = z.string().refine((path) => path === '/' || /^(\/(?!\.{1,2}(\/|$))[^/]+)+$/.test(path), {
  error: 'expected a path such as `/shared`, without `/` at its end',
});

const listen = z
  .union([z.int().meta({ title: 'a port' }), z.string().meta({ title: 'an address as a text' })])
  .superRefine((written, context) => {
    const address = parseListenAddress(written);
    if ('expected' in address) context.addIssue({ code: 'custom', message: `expected ${address.expected}` });
  });

const ports = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, { error: 'expected two ports such as 50000-50100' })
  .superRefine((written, context) => {
    const [first = 0, last = 0] = written.split('-').map(Number);
    if (first < 1 || last > 65_535 || first > last)
      context.addIssue({ code: 'custom', message: 'expected ports from 1 to 65535, the first not above the last' });
  });

const rule = z.strictObject({
  access: z.enum(['allow', 'deny']).exactOptional().describe('Rules that deny come first. Default: allow.'),
  users: z
    .array(name)
    .exactOptional()
    .describe('Names; * is everybody, ? who is anonymous. Default: everybody, unless there are `roles`.'),
  roles: z.array(name).exactOptional().describe('Roles of users. Default: none.'),
  to: z
    .array(z.enum(['read', 'write']))
    .exactOptional()
    .describe('What the rule is about. Default: both.'),
  path: absolute.exactOptional().describe('The folder that it is about, with all below. Default: /.'),
});

/** What the server and each of its hosts have: who may log in, and what files there are. */
const site = {
  users: z
    .union([name, usersInPlace])
    .exactOptional()
    .describe('Who can log in: the name of a list under `users`, or a list in place. Default: nobody.'),
  certificateUsers: z
    .array(certificateRule)
    .min(1)
    .exactOptional()
    .describe(
      'Who logs in with a client certificate, without a password: rules as those of `auth: { clientCertificate: … }`. The name that the client sends must be that of the rule. Default: nobody.',
    ),
  anonymous: z.boolean().exactOptional().describe('Whether `anonymous` may log in with any password. Default: false.'),
  root: name.describe('The folder with the files.'),
  isolation: z
    .enum(['none', 'start-in-user-folder', 'isolate-root', 'isolate-all'])
    .exactOptional()
    .describe(
      'none: all users have the whole root. start-in-user-folder: they begin in the folder of their name. isolate-root: each has LocalUser/NAME alone, and `folders`. isolate-all: without `folders`. Default: none.',
    ),
  folders: z
    .record(absolute, name)
    .exactOptional()
    .describe('Virtual folders: paths such as /shared, each with a folder of the disk. Default: none.'),
  rules: z
    .array(rule)
    .exactOptional()
    .describe('Who may read and write what. Default: users everything, who is anonymous may read.'),
  uploads: z
    .enum(['in-place', 'whole'])
    .exactOptional()
    .describe('whole: a file gets its name once all of it has come. Default: in-place, which can be resumed.'),
  quota: orAlone(
    'default',
    z.strictObject({
      default: size(1).nullable().exactOptional().describe('That of all users who are not named. Default: no limit.'),
      users: z
        .record(name, size(1).nullable())
        .exactOptional()
        .describe('By the name of the user; null: no limit. Default: none.'),
    }),
  )
    .exactOptional()
    .describe(
      'How many bytes the files of a user may have together; an upload that goes beyond it ends with 552. All below the root of the user counts, so users without isolation share one quota; `folders` do not count. Default: no limit.',
    ),
  greeting: name.exactOptional().describe('What clients are greeted with. Default: Welcome.'),
};

const server = z.strictObject({
  listen: listen.default(defaultFtpPort).describe('The address. Default: 21.'),
  tls: z
    .enum(['required', 'credentials', 'optional', 'implicit', 'none'])
    .exactOptional()
    .describe(
      'required: everything needs TLS. credentials: the login does. optional: the client decides. implicit: as required, and TLS begins at once, as on port 990. none: there is no TLS, and passwords can be read on the way. Default: required.',
    ),
  certificate: name
    .exactOptional()
    .describe('A PEM file. Default: the certificates of the sites, as at the first listener with `tls`.'),
  key: name.exactOptional().describe('The PEM file of its key. Default: it stands in the file of `certificate`.'),
  clientCertificates: askedCertificates
    .exactOptional()
    .describe('Certificates that clients are asked for; beside `certificate`. Default: they are not asked.'),
  requireSessionReuse: z
    .boolean()
    .exactOptional()
    .describe(
      "Whether data connections must resume the TLS session of the control connection, so that nobody else can take them. curl and lftp do so; Python's ftplib cannot. Default: true.",
    ),
  passivePorts: ports.exactOptional().describe('Ports for data connections, 50000-50100 for instance. Default: any.'),
  publicAddress: z
    .ipv4({ error: 'expected an IPv4 address such as 192.0.2.1' })
    .exactOptional()
    .describe(
      'The IPv4 address that clients reach, behind address translation. Default: the one that they connected to.',
    ),
  active: z.boolean().exactOptional().describe('Whether the server may connect to clients. Default: true.'),
  connectionFilter: connectionFilterSchema
    .exactOptional()
    .describe('Which connections are taken, by address, network and domain name, as at a listener. Default: all.'),
  ...site,
  hosts: z
    .record(name, z.strictObject(site))
    .exactOptional()
    .describe(
      'More sites, by the name that clients send with HOST (RFC 7151), each with `root`, `users` and the other keys of users and files, down to `quota` and `greeting`. With some, other names are refused; a client that sends none gets the server itself. Default: none.',
    ),
  listings: z.enum(['unix', 'msdos']).exactOptional().describe('How LIST writes. Default: unix.'),
  maxSessions: count.exactOptional().describe('Sessions at a time, of all workers together. Default: 1000.'),
  maxSessionsPerAddress: count.exactOptional().describe('The same for one address. Default: 50.'),
  maxSessionsPerUser: count.exactOptional().describe('The same for one user. Default: 100.'),
  maxFile: size(1).exactOptional().describe('The longest file of an upload. Default: no limit.'),
  rate: byteRate().exactOptional().describe('How fast each transfer may be. Default: no limit.'),
  minRate: byteRate()
    .nullable()
    .exactOptional()
    .describe(
      'How fast a client must be, on average over dataTimeout, while the server waits for it. Default: 240 bytes per second, as in IIS.',
    ),
  idleTimeout: duration(1).exactOptional().describe('Time without a command. Default: 120s.'),
  dataTimeout: duration(1)
    .exactOptional()
    .describe('Time without a byte, or with too few, on a data connection. Default: 30s.'),
  loginTimeout: duration(1).exactOptional().describe('Time until the login. Default: 30s.'),
  log: orAlone(
    'to',
    z.strictObject({
      to: logTarget.describe('console, off, a file such as ./logs/ftp.log, or a syslog server, as in accessLog.'),
      rotate: logRotate,
      syslog: logSyslog,
    }),
  )
    .exactOptional()
    .describe(
      "Where a line for each command goes, in the format of the W3C with the fields of IIS' FTP log. Default: nowhere; logins, transfers and changes are told to the log of the server.",
    ),
  denyByFailure: z
    .union([
      z.literal(false),
      z.strictObject({
        failures: count.exactOptional().describe('How many failed logins. Default: 4.'),
        period: duration(1)
          .exactOptional()
          .describe('The time in which they are counted, and for which the address is shut out. Default: 30s.'),
      }),
    ])
    .exactOptional()
    .describe(
      'Logins that fail until an address is shut out, of all workers together. false: never. Default: 4 in 30s, for 30s.',
    ),
});

/** `ftp` as it is written. */
export const ftpSchema = z.array(server).describe('Serves files with FTP: a list of servers.');

/** The options of one host. */
export type FtpHostEntry = z.output<z.ZodObject<typeof site>>;

/** The options of one server. */
export type FtpEntry = z.output<typeof server>;
