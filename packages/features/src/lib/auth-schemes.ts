import { apiKeyScheme } from './auth-api-key.ts';
import { basicScheme } from './auth-basic.ts';
import { bearerScheme } from './auth-bearer.ts';
import { clientCertificateScheme } from './auth-client-certificate.ts';
import { digestScheme } from './auth-digest.ts';
import { forwardScheme } from './auth-forward.ts';
import { negotiateScheme } from './auth-negotiate.ts';
import { oidcScheme } from './auth-oidc.ts';
import type { AuthSchemeMaker } from './auth-scheme-maker.ts';
import { signedUrlScheme } from './auth-signed-url.ts';

/** Every scheme that `auth` knows. Their order decides nothing. */
export const authSchemes: readonly AuthSchemeMaker<unknown>[] = [
  basicScheme,
  digestScheme,
  bearerScheme,
  apiKeyScheme,
  signedUrlScheme,
  clientCertificateScheme,
  negotiateScheme,
  forwardScheme,
  oidcScheme,
];
