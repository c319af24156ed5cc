/** Requests that are parsed to their end, for the tests of splitting and mutation. */
export const validRequests: Record<string, string> = {
  minimal: 'GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n',
  'two leading empty lines': '\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n',
  browser:
    'GET /path?x=1 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0 (X11)\r\naccept: */*\r\nACCEPT-ENCODING: gzip\r\nX-Own: \t caf\xe9 \r\nEmpty:\r\nCookie: a=b; c=d\r\n\r\n',
  'with length': 'POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world',
  'with chunks':
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n00A;name=value;flag;q="x\\"y; z"\r\n0123456789\r\n0\r\n\r\n',
  'with white space before an extension':
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3 \t;a=b\r\nabc\r\n0 ;last\r\n\r\n',
  'with trailers':
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Checksum: 900150983cd24fb0\r\nContent-Length: 5\r\nServer-Timing: a;dur=1\r\n\r\n',
  pipelined:
    'POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n\r\nPUT /3 HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nDELETE /4 HTTP/1.1\r\nHost: a\r\n\r\n',
  connect: 'CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n',
  asterisk: 'OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n',
  absolute: 'GET http://example.com:80/a?b HTTP/1.1\r\nHost: example.com:80\r\n\r\n',
  upgrade:
    'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  expect: 'PUT /f HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n.',
};

/** Responses with the methods they answer. */
export const validResponses: Record<string, { text: string; methods: readonly string[] }> = {
  'with length': { text: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "x"\r\n\r\nhello', methods: ['GET'] },
  'no reason': { text: 'HTTP/1.1 204\r\n\r\n', methods: ['DELETE'] },
  chunked: {
    text: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n0\r\nX-Sum: 1\r\n\r\n',
    methods: ['GET'],
  },
  'until close': { text: 'HTTP/1.0 200 Fine, th\xe4nks\r\nServer: old\r\n\r\nall of this', methods: ['GET'] },
  'informational first': {
    text: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 \r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    methods: ['POST'],
  },
  'HEAD and 304': {
    text: 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n',
    methods: ['HEAD', 'GET'],
  },
  switching: {
    text: 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    methods: ['GET'],
  },
};
