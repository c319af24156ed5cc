import { type CertificateRule, clientCertificate } from '@windhover/auth';
import { z } from 'zod';
import { defineScheme } from './auth-scheme-maker.ts';

const text = z.string().min(1);
const fields = z.record(text, text);
/** Which user a certificate stands for. */
export const certificateRule = z.strictObject({
  fingerprint: text.exactOptional().describe('One certificate, by the SHA-256 of its DER form.'),
  subject: fields.exactOptional().describe('Fields of the subject, `*` for anything: { O: Example, CN: "*.staff" }.'),
  issuer: fields.exactOptional().describe('Fields of the issuer.'),
  user: text
    .nullable()
    .describe(
      'The name of the user, with fields of the subject in braces: "{CN}". null: such certificates are refused.',
    ),
  roles: z.array(text).exactOptional().describe('The roles of the user. Default: none.'),
});

const schema = z
  .strictObject({
    trust: z
      .array(text)
      .min(1)
      .exactOptional()
      .describe(
        'Proxies that end TLS, verify the certificate, and send it in Client-Cert (RFC 9440). Default: none, the certificate is that of the connection, for which the `tls` of the site asks with `clientCertificates`.',
      ),
    rules: z
      .array(certificateRule)
      .min(1)
      .describe(
        'Which user a certificate stands for: those for one certificate first, then the others in their order.',
      ),
  })
  .describe('Client certificates of connections to this server, or those that a proxy in front has verified.');

/** `clientCertificate` of `auth`. */
export const clientCertificateScheme = defineScheme<z.output<typeof schema>>({
  key: 'clientCertificate',
  schema,
  create: ({ trust, rules }, { clock }) => ({
    needsTls: trust === undefined,
    scheme: clientCertificate(rules as readonly CertificateRule[], {
      ...(trust === undefined ? {} : { trust }),
      clock,
    }),
  }),
});
