/** Fixtures that this parser reads differently from llhttp, and why. A difference that is not listed fails the test. */
export const llhttpDifferences: Record<string, readonly [difference: string, reason: string]> = {
  'connection.md `keep-alive` > No restart when keep-alive is off (1.0)': [
    'error -> complete',
    'the bytes after a message whose sender closes are for the caller to leave unread: head.keepAlive is false',
  ],
  'connection.md `close` > CRLF between requests, explicit `close`': [
    'error -> complete',
    'the bytes after a message whose sender closes are for the caller to leave unread: head.keepAlive is false',
  ],
  'connection.md `close` > CRLF between requests, explicit `close` followed by tab': [
    'error -> complete',
    'the bytes after a message whose sender closes are for the caller to leave unread: head.keepAlive is false',
  ],
  'connection.md Parsing multiple tokens > Multiple tokens with folding': [
    'complete -> error HTTP1_OBS_FOLD',
    'RFC 9112 §5.2: a server may refuse obs-fold, and a folded framing field has two readings',
  ],
  'connection.md Parsing multiple tokens > Multiple tokens with folding, LWS, and CRLF': [
    'complete -> error HTTP1_OBS_FOLD',
    'RFC 9112 §5.2: a server may refuse obs-fold, and a folded framing field has two readings',
  ],
  'connection.md Parsing multiple tokens > Invalid whitespace token with `Connection` header field (lenient)': [
    'complete -> error HTTP1_BAD_FIELD_NAME',
    'a lenient mode of llhttp; RFC 9112 §5.1: white space before the colon is a 400',
  ],
  'content-length.md Error on `Content-Length` overflow': [
    'error -> partial',
    'the bytes end inside the head: a line is judged when it is complete, and framing with the whole head, so that every split gives the same error',
  ],
  'content-length.md Error on duplicate `Content-Length`': [
    'error -> partial',
    'the bytes end inside the head: a line is judged when it is complete, and framing with the whole head, so that every split gives the same error',
  ],
  'content-length.md Invalid whitespace token with `Content-Length` header field (lenient)': [
    'complete -> error HTTP1_BAD_FIELD_NAME',
    'a lenient mode of llhttp; RFC 9112 §5.1: white space before the colon is a 400',
  ],
  'content-length.md No error on simultaneous `Content-Length` and `Transfer-Encoding: identity` (lenient)': [
    'partial -> error HTTP1_LENGTH_AND_CHUNKED',
    'a lenient mode of llhttp; Content-Length with Transfer-Encoding is refused',
  ],
  'content-length.md Content-Length reset when no body is received': [
    'complete -> partial',
    'the fixture tells llhttp to skip the body; here the caller has no such switch',
  ],
  'content-length.md Missing CRLF-CRLF before body (lenient)': [
    'complete -> error HTTP1_BARE_CR',
    'a lenient mode of llhttp; a bare CR is refused everywhere',
  ],
  'finish.md It should be unsafe to finish after incomplete PUT request': [
    'partial -> error HTTP1_TRUNCATED_HEAD',
    'finish() throws where the log of llhttp only has the events up to there',
  ],
  'finish.md It should be unsafe to finish inside of the header': [
    'partial -> error HTTP1_TRUNCATED_HEAD',
    'finish() throws where the log of llhttp only has the events up to there',
  ],
  'invalid.md HTTP protocol and ANNOUNCE method': [
    'error -> complete',
    "the method is a token (RFC 9110 §9.1), not one of a fixed list; an unknown one is the application's 501",
  ],
  'invalid.md Invalid method': [
    'error -> complete',
    "the method is a token (RFC 9110 §9.1), not one of a fixed list; an unknown one is the application's 501",
  ],
  'invalid.md Invalid HTTP version': [
    'error -> partial',
    'the bytes end inside the head: a line is judged when it is complete, and framing with the whole head, so that every split gives the same error',
  ],
  'invalid.md Invalid space after start line': [
    'error -> partial',
    'the bytes end inside the head: a line is judged when it is complete, and framing with the whole head, so that every split gives the same error',
  ],
  'invalid.md Invalid space after start line > Only LFs present (lenient)': [
    'complete -> error HTTP1_BARE_LF',
    'a lenient mode of llhttp; a bare LF is refused everywhere',
  ],
  'invalid.md Invalid space after start line > Spaces before headers (lenient)': [
    'complete -> error HTTP1_OBS_FOLD',
    'RFC 9112 §5.2: a server may refuse obs-fold, and a folded framing field has two readings',
  ],
  'lenient-header-value-relaxed.md Control char in header value (relaxed)': [
    'complete -> error HTTP1_BAD_BYTE',
    'a lenient mode of llhttp; control bytes are refused in values',
  ],
  'lenient-headers.md Header value (lenient)': [
    'complete -> error HTTP1_BAD_BYTE',
    'a lenient mode of llhttp; control bytes are refused in values',
  ],
  'lenient-headers.md Second request header value (lenient)': [
    'complete -> error HTTP1_BAD_BYTE',
    'a lenient mode of llhttp; control bytes are refused in values',
  ],
  'lenient-headers.md Header value > Empty headers separated by CR (lenient)': [
    'partial -> error HTTP1_BARE_CR',
    'a lenient mode of llhttp; a bare CR is refused everywhere',
  ],
  'lenient-version.md Invalid HTTP version (lenient)': [
    'complete -> error HTTP1_UNSUPPORTED_VERSION',
    'versions other than 1.0 and 1.1 are a 505',
  ],
  'method.md M-SEARCH request': [
    'complete -> error HTTP1_BAD_TARGET',
    'RFC 9112 §3.2.4: the asterisk is for OPTIONS alone',
  ],
  'method.md SOURCE request with ICE': ['complete -> error HTTP1_BAD_VERSION', 'RTSP and ICE are not HTTP'],
  'method.md OPTIONS request with RTSP': ['complete -> error HTTP1_BAD_VERSION', 'RTSP and ICE are not HTTP'],
  'method.md ANNOUNCE request with RTSP': ['complete -> error HTTP1_BAD_VERSION', 'RTSP and ICE are not HTTP'],
  'method.md PRI request HTTP2': [
    'partial -> error HTTP1_BAD_TARGET',
    'RFC 9112 §3.2.4: the asterisk is for OPTIONS alone',
  ],
  'sample.md No HTTP version': ['complete -> error HTTP1_BAD_REQUEST_LINE', 'HTTP/0.9 is not spoken'],
  'sample.md Line folding in header value with CRLF': [
    'complete -> error HTTP1_OBS_FOLD',
    'RFC 9112 §5.2: a server may refuse obs-fold, and a folded framing field has two readings',
  ],
  'sample.md No LF after CR (lenient)': [
    'partial -> error HTTP1_BARE_CR',
    'a lenient mode of llhttp; a bare CR is refused everywhere',
  ],
  'sample.md X-SSL-Nonsense': [
    'complete -> error HTTP1_OBS_FOLD',
    'RFC 9112 §5.2: a server may refuse obs-fold, and a folded framing field has two readings',
  ],
  'transfer-encoding.md POST with `Transfer-Encoding` and `Content-Length` (lenient)': [
    'partial -> error HTTP1_LENGTH_AND_CHUNKED',
    'a lenient mode of llhttp; Content-Length with Transfer-Encoding is refused',
  ],
  'transfer-encoding.md POST with `chunked` before other transfer-coding (lenient)': [
    'partial -> error HTTP1_BAD_TRANSFER_ENCODING',
    'a lenient mode of llhttp; chunked before another coding has no certain framing',
  ],
  'transfer-encoding.md POST with `chunked` and duplicate transfer-encoding (lenient)': [
    'partial -> error HTTP1_BAD_TRANSFER_ENCODING',
    'a lenient mode of llhttp; chunked before another coding has no certain framing',
  ],
  'transfer-encoding.md POST with `chunked` as last transfer-encoding': [
    'complete -> error HTTP1_UNSUPPORTED_TRANSFER_ENCODING',
    'only chunked alone is implemented: RFC 9112 §6.1 answers 501 to other codings',
  ],
  'transfer-encoding.md POST with `chunked` as last transfer-encoding (multiple headers)': [
    'complete -> error HTTP1_UNSUPPORTED_TRANSFER_ENCODING',
    'only chunked alone is implemented: RFC 9112 §6.1 answers 501 to other codings',
  ],
  'transfer-encoding.md Invalid OBS fold after chunked value > Chunk header not terminated by CRLF (lenient)': [
    'complete -> error HTTP1_BARE_CR',
    'a lenient mode of llhttp; a bare CR is refused everywhere',
  ],
  'transfer-encoding.md Invalid OBS fold after chunked value > Chunk data not terminated by CRLF (lenient)': [
    'partial -> error HTTP1_BAD_CHUNK_END',
    'a lenient mode of llhttp; the bytes of a chunk are followed by CR LF',
  ],
  'transfer-encoding.md Space after chunk header (lenient)': [
    'complete -> error HTTP1_BAD_CHUNK_SIZE',
    'a lenient mode of llhttp; a chunk size has no white space after it',
  ],
  'uri.md Fragment in URI': ['complete -> error HTTP1_BAD_TARGET', 'RFC 9112 §3.2: a target has no fragment'],
  'uri.md `host:port` and basic auth': [
    'complete -> error HTTP1_BAD_TARGET',
    'RFC 9110 §4.2.4: user information in a target is an error',
  ],
};
