export { type RewriteErrorCode, rewriteErrors } from './lib/errors.ts';
export { type HttpsRedirectOptions, redirectToHttps } from './lib/redirect-to-https.ts';
