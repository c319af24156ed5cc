export { type RequestLimitsErrorCode, requestLimitsErrors } from './lib/errors.ts';
export { maxRequestBody } from './lib/max-request-body.ts';
export { type RequestTimeoutOptions, requestTimeout } from './lib/request-timeout.ts';
