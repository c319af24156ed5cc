import { duration, orAlone } from '@windhover/config';
import { z } from 'zod';

const path = z.string().min(1);
const httpUrl = z
  .string()
  .regex(/^https?:\/\/[^\s]+$/, { error: 'expected an address such as `https://example.com/`' });
const challenge = z.enum(['http-01', 'tls-alpn-01', 'dns-01']);

const eab = z.strictObject({
  keyId: z.string().min(1).describe('The name of the key, as the authority shows it.'),
  macKey: z.string().min(1).describe('The key itself, in base64url: best from a variable.'),
});

const dns = z
  .strictObject({
    command: z
      .array(z.string().min(1))
      .min(1)
      .exactOptional()
      .describe(
        'A program and its first arguments. It is called with `present` or `cleanup`, the name of the record and its value, as the provider `exec` of lego does.',
      ),
    url: httpUrl
      .exactOptional()
      .describe(
        'A service that takes a POST to /present and /cleanup with the JSON { fqdn, value }, as the provider `httpreq` of lego does.',
      ),
    wait: duration(0)
      .exactOptional()
      .describe(
        'How long the name servers take until all of them show a new record. Default: 0, the program or service waits for that.',
      ),
  })
  .refine((given) => (given.command === undefined) !== (given.url === undefined), {
    error: 'expected one of `command` and `url`',
  });

const acme = z.strictObject({
  email: z
    .string()
    .regex(/^[^\s@]+@[^\s@]+$/, { error: 'expected an address such as `ops@example.com`' })
    .exactOptional()
    .describe('Where the authority writes when something is wrong. Default: nowhere.'),
  directory: httpUrl
    .exactOptional()
    .describe(
      "The address of the authority's directory. Default: that of Let's Encrypt. You agree to the authority's terms by naming it.",
    ),
  challenge: z
    .union([challenge, z.array(challenge).min(1)])
    .exactOptional()
    .describe(
      'How the authority sees that a name is yours, in the order to try: http-01 needs port 80 of the name, tls-alpn-01 needs port 443, dns-01 needs `dns` and is the only way to wildcards. Default: all that can be answered, in this order.',
    ),
  dns: dns
    .exactOptional()
    .describe(
      'How records of the DNS are changed, for dns-01: _acme-challenge of a name, or the record that it is an alias of (CNAME). Default: they are not.',
    ),
  eab: eab
    .exactOptional()
    .describe('Binds the account to one that you have at the authority (external account binding). Default: none.'),
  ca: path
    .exactOptional()
    .describe(
      "A PEM file: the roots of the authority's own server, for one inside your network. Default: the well-known ones.",
    ),
  profile: z
    .string()
    .min(1)
    .exactOptional()
    .describe('A profile of the authority: shortlived, for instance. Default: it chooses.'),
  key: z
    .enum(['ec', 'rsa'])
    .exactOptional()
    .describe('The kind of keys. Default: ec, whose handshakes cost a fraction of those of RSA.'),
  store: z.string().min(1).exactOptional().describe('The same as `store` beside `acme`.'),
});

const acmeAlone = z.union([z.literal(true).transform(() => ({})), orAlone('email', acme)]) as z.ZodType<
  z.output<typeof acme>
>;

/** The schema of `certificates`. */
export const certificatesSchema = z
  .strictObject({
    acme: z
      .union([acmeAlone, z.array(acmeAlone).min(1)])
      .exactOptional()
      .describe(
        "Where certificates are ordered. true: Let's Encrypt. A list: the next authority is asked when one fails. Default: nowhere.",
      ),
    store: z
      .union([
        z.string().min(1),
        z.strictObject({ folder: path.describe('A folder. It is made if it is missing, for this user only.') }),
      ])
      .exactOptional()
      .describe(
        'Where certificates, keys and accounts are kept: the name of one of `stores`, so that several servers order one certificate together, or { folder }. Default: $STATE_DIRECTORY or /var/lib/windhover for root, ~/.local/share/windhover for others, and there `certificates`.',
      ),
    folder: orAlone(
      'path',
      z.strictObject({
        path: path.describe(
          'The folder. Files are read when a client first asks for the name, and again after they have changed.',
        ),
        password: z.string().exactOptional().describe('Opens every .pfx. Default: an empty password.'),
      }),
    )
      .exactOptional()
      .describe(
        'A folder with certificates by server name: www.example.com.pem (with .key beside it, if the key is not in it) or .pfx, and _.example.com.pem for all names with one more label. Listeners with `tls` show them, whatever sites there are. Default: none.',
      ),
    local: z
      .boolean()
      .exactOptional()
      .describe(
        'Whether names that no public authority issues for, such as localhost, get certificates of an authority of this machine. `windhover trust` makes browsers here trust it. Default: false.',
      ),
    onDemand: orAlone(
      'ask',
      z.strictObject({
        ask: httpUrl.describe(
          'Is asked with ?domain=NAME before a certificate is ordered for a name that no site has; 2xx allows it. Without that question anybody could make this server order certificates.',
        ),
      }),
    )
      .exactOptional()
      .describe('Orders certificates for names that no site has, when a client asks for them. Default: off.'),
  })
  .describe(
    'Certificates that this server gets by itself, for sites and listeners with `tls: auto`, and those of a folder.',
  );

export type CertificatesOptions = z.output<typeof certificatesSchema>;
export type AcmeOptions = z.output<typeof acme>;
