export { type RewriteErrorCode, rewriteErrors } from './lib/errors.ts';
export { type HttpsRedirectOptions, httpsLocation, redirectToHttps } from './lib/redirect-to-https.ts';
