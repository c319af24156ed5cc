import { NameTable } from './name-table.ts';

/** The fields that the parser itself needs, by their index in `headerNames`. */
export const HOST = 0;
export const CONTENT_LENGTH = 1;
export const TRANSFER_ENCODING = 2;
export const CONNECTION = 3;
export const UPGRADE = 4;
export const EXPECT = 5;
/** Names from this index on mean nothing to the parser. */
export const FIRST_OTHER = 6;

/** Common names of requests and responses, found without creating or lower-casing a string. */
export const headerNames: NameTable = new NameTable(
  `Host Content-Length Transfer-Encoding Connection Upgrade Expect
  Accept Accept-Charset Accept-Encoding Accept-Language Accept-Ranges Access-Control-Allow-Credentials
  Access-Control-Allow-Headers Access-Control-Allow-Methods Access-Control-Allow-Origin Access-Control-Expose-Headers
  Access-Control-Max-Age Access-Control-Request-Headers Access-Control-Request-Method Age Allow Alt-Svc Authorization
  Cache-Control Content-Disposition Content-Encoding Content-Language Content-Location Content-Range
  Content-Security-Policy Content-Type Cookie Date DNT ETag Expires Forwarded From If-Match If-Modified-Since
  If-None-Match If-Range If-Unmodified-Since Keep-Alive Last-Modified Link Location Max-Forwards Origin Pragma Priority
  Proxy-Authenticate Proxy-Authorization Proxy-Connection Range Referer Referrer-Policy Retry-After Sec-CH-UA
  Sec-CH-UA-Mobile Sec-CH-UA-Platform Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User Sec-GPC
  Sec-WebSocket-Accept Sec-WebSocket-Extensions Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version Server
  Server-Timing Set-Cookie Strict-Transport-Security TE Trailer Traceparent Tracestate Upgrade-Insecure-Requests
  User-Agent Vary Via WWW-Authenticate X-Content-Type-Options X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto
  X-Frame-Options X-Powered-By X-Real-IP X-Request-ID X-Requested-With`.split(/\s+/),
);
