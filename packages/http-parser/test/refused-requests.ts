import type { Http1ErrorCode } from '../src/lib/errors.ts';

const post = 'POST / HTTP/1.1\r\nHost: a\r\n';
const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;

function get(line: string): string {
  return `GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`;
}

/** Requests with the code that refuses them, in the order of RFC 9112. */
export const refusedRequests: readonly (readonly [text: string, code: Http1ErrorCode])[] = [
  // §2.2: lines end with CR LF and nothing else.
  ['GET / HTTP/1.1\nHost: a\n\n', 'HTTP1_BARE_LF'],
  ['GET / HTTP/1.1\rHost: a\r\n\r\n', 'HTTP1_BARE_CR'],
  [get('X: a\nb'), 'HTTP1_BARE_LF'],
  [get('X: a\rb'), 'HTTP1_BARE_CR'],
  [get('X: a\r\r'), 'HTTP1_BARE_CR'],
  ['\nGET / HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP1_BARE_LF'],
  ['\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP1_TOO_MANY_EMPTY_LINES'],
  ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc', 'HTTP1_TLS_ON_PLAIN_PORT'],
  ['\r\n\x16', 'HTTP1_BAD_BYTE'],
  ['G\x16', 'HTTP1_BAD_BYTE'],
  ['\x00GET / HTTP/1.1\r\n', 'HTTP1_BAD_BYTE'],

  // §2.3: the version.
  ['GET / HTTP/2.0\r\n', 'HTTP1_UNSUPPORTED_VERSION'],
  ['GET / HTTP/1.2\r\n', 'HTTP1_UNSUPPORTED_VERSION'],
  ['GET / HTTP/0.9\r\n', 'HTTP1_UNSUPPORTED_VERSION'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'HTTP1_UNSUPPORTED_VERSION'],
  ['GET / http/1.1\r\n', 'HTTP1_BAD_VERSION'],
  ['GET / HTTP/1.x\r\n', 'HTTP1_BAD_VERSION'],
  ['GET / HTTP/11.1\r\n', 'HTTP1_BAD_VERSION'],
  ['GET / HTTP/1.1 \r\n', 'HTTP1_BAD_VERSION'],
  ['GET /a b HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],

  // §3: the request line.
  ['GET /\r\n', 'HTTP1_BAD_REQUEST_LINE'],
  ['GET\r\n', 'HTTP1_BAD_METHOD'],
  [' GET / HTTP/1.1\r\n', 'HTTP1_BAD_METHOD'],
  ['GET\t/ HTTP/1.1\r\n', 'HTTP1_BAD_METHOD'],
  ['G(T / HTTP/1.1\r\n', 'HTTP1_BAD_METHOD'],
  [`${'M'.repeat(33)} / HTTP/1.1\r\n`, 'HTTP1_BAD_METHOD'],
  ['GET  / HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET /  HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET  HTTP/1.1\r\n', 'HTTP1_BAD_VERSION'],

  // §3.2: the target.
  ['GET a HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET * HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['OPTIONS ** HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET /#top HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET /\xe9 HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET /\t HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET a:80 HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET http:/a HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET http:///a HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET http://u@a/ HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['GET http://a:99999/ HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['CONNECT / HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['CONNECT a HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['CONNECT a: HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],
  ['CONNECT :80 HTTP/1.1\r\n', 'HTTP1_BAD_TARGET'],

  // §3.2: Host.
  ['GET / HTTP/1.1\r\n\r\n', 'HTTP1_MISSING_HOST'],
  [get('Host: a'), 'HTTP1_REPEATED_HOST'],
  ['GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n', 'HTTP1_REPEATED_HOST'],
  ['GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 'HTTP1_BAD_HOST'],
  ['GET / HTTP/1.1\r\nHost: u@a\r\n\r\n', 'HTTP1_BAD_HOST'],
  ['GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 'HTTP1_BAD_HOST'],
  ['GET / HTTP/1.1\r\nHost: \xe9\r\n\r\n', 'HTTP1_BAD_HOST'],
  ['GET / HTTP/1.0\r\nHost: a:b\r\n\r\n', 'HTTP1_BAD_HOST'],
  ['GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n', 'HTTP1_BAD_HOST'],

  // §5: fields.
  [get('X : a'), 'HTTP1_BAD_FIELD_NAME'],
  [get('X\t: a'), 'HTTP1_BAD_FIELD_NAME'],
  [get(': a'), 'HTTP1_BAD_FIELD_NAME'],
  [get('X'), 'HTTP1_BAD_FIELD_NAME'],
  [get('X(: a'), 'HTTP1_BAD_FIELD_NAME'],
  [get('X\xe9: a'), 'HTTP1_BAD_FIELD_NAME'],
  [get('X: a\r\n b'), 'HTTP1_OBS_FOLD'],
  [get('X: a\r\n\tb'), 'HTTP1_OBS_FOLD'],
  ['GET / HTTP/1.1\r\n Host: a\r\n\r\n', 'HTTP1_OBS_FOLD'],
  [get('X: \x00'), 'HTTP1_BAD_BYTE'],
  [get('X: \x7f'), 'HTTP1_BAD_BYTE'],
  [get('X: \x0b'), 'HTTP1_BAD_BYTE'],
  [get('X\x00: a'), 'HTTP1_BAD_BYTE'],
  [get('Expect: 200-ok'), 'HTTP1_UNSUPPORTED_EXPECTATION'],

  // §6.1: Transfer-Encoding.
  [`${post}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n`, 'HTTP1_LENGTH_AND_CHUNKED'],
  [`${post}Content-Length: 1\r\nTransfer-Encoding: identity\r\n\r\n`, 'HTTP1_LENGTH_AND_CHUNKED'],
  ['POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 'HTTP1_TRANSFER_ENCODING_BEFORE_1_1'],
  [`${post}Transfer-Encoding: gzip, chunked\r\n\r\n`, 'HTTP1_UNSUPPORTED_TRANSFER_ENCODING'],
  [`${post}Transfer-Encoding: identity\r\n\r\n`, 'HTTP1_UNSUPPORTED_TRANSFER_ENCODING'],
  [`${post}Transfer-Encoding: chunkedchunked\r\n\r\n`, 'HTTP1_UNSUPPORTED_TRANSFER_ENCODING'],
  [`${post}Transfer-Encoding: chunked, gzip\r\n\r\n`, 'HTTP1_BAD_TRANSFER_ENCODING'],
  [`${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`, 'HTTP1_BAD_TRANSFER_ENCODING'],
  [`${post}Transfer-Encoding: \r\n\r\n`, 'HTTP1_BAD_TRANSFER_ENCODING'],
  [`${post}Transfer-Encoding: ,chunked\r\n\r\n`, 'HTTP1_BAD_TRANSFER_ENCODING'],
  [`${post}Transfer-Encoding: "chunked"\r\n\r\n`, 'HTTP1_BAD_TRANSFER_ENCODING'],
  [`${post}Transfer-Encoding: chunked;q=1\r\n\r\n`, 'HTTP1_BAD_TRANSFER_ENCODING'],

  // §6.2: Content-Length.
  [`${post}Content-Length: 1\r\nContent-Length: 1\r\n\r\n`, 'HTTP1_REPEATED_CONTENT_LENGTH'],
  ...['1, 1', '1,1', '+1', '-1', '0x1', '1a', '', '1 1', '1.0', '9007199254740992', '00000000000000001'].map(
    (value) => [`${post}Content-Length: ${value}\r\n\r\n`, 'HTTP1_BAD_CONTENT_LENGTH'] as const,
  ),

  // §7.1: chunks.
  ...['', ' 1', '1 ', '+1', '-1', '0x1', 'g', '1,', '1\t', '1 1', '1 x;a', '00000000000001'].map(
    (size) => [`${chunked}${size}\r\na\r\n0\r\n\r\n`, 'HTTP1_BAD_CHUNK_SIZE'] as const,
  ),
  [`${chunked}1\na\r\n`, 'HTTP1_BARE_LF'],
  [`${chunked}1\ra\r\n`, 'HTTP1_BARE_CR'],
  [`${chunked}1\r\nab\r\n`, 'HTTP1_BAD_CHUNK_END'],
  [`${chunked}1\r\na\n`, 'HTTP1_BAD_CHUNK_END'],
  [`${chunked}1\r\na\rb`, 'HTTP1_BAD_CHUNK_END'],
  ...[
    ';',
    '; a',
    ';a ',
    ';a=',
    ';a==b',
    ';a="',
    ';a="b"c',
    ';a="\x00"',
    ';\xe9',
    ';;a',
    ';a;',
    ' ;',
    ' ; a',
    ' ;a ',
  ].map((extension) => [`${chunked}1${extension}\r\na\r\n`, 'HTTP1_BAD_CHUNK_EXTENSION'] as const),
  [`${chunked}1;a=b\nX\r\na\r\n`, 'HTTP1_BARE_LF'],
  [`${chunked}1;a="\n"\r\na\r\n`, 'HTTP1_BARE_LF'],
  [`${chunked}1;a=b\rX\r\na\r\n`, 'HTTP1_BARE_CR'],

  // §7.1.2: trailers.
  [`${chunked}0\r\nX: a\nY: b\r\n\r\n`, 'HTTP1_BARE_LF'],
  [`${chunked}0\r\nX: a\r\n b\r\n\r\n`, 'HTTP1_OBS_FOLD'],
  [`${chunked}0\r\n\x16`, 'HTTP1_BAD_BYTE'],
  [`${chunked}0\r\nX : a\r\n\r\n`, 'HTTP1_BAD_FIELD_NAME'],
  [`${chunked}0\r\n\rX`, 'HTTP1_BARE_CR'],
];
