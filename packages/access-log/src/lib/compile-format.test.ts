import { describe, expect, it } from 'vitest';
import { entryOf, lineOf } from './access-fixtures.ts';
import { compileFormat, formatProblem } from './compile-format.ts';
import { endReasons } from './why-ended.ts';

describe('compileFormat()', () => {
  it('puts facts and fields in the place of their names', async () => {
    const headers = { 'User-Agent': 'curl', 'X-A': 'b' };
    const line = await lineOf(
      '{client}:{method} {path} {status} "{request.header.User-Agent}" {response.header.x-b}',
      { headers },
      ({ response }) => {
        response.headers.set('X-B', 'c');
        response.body = '';
      },
    );
    expect(line).toBe('127.0.0.1:GET / 200 "curl" c\n');
  });

  it('writes a dash for a missing value', async () => {
    expect(await lineOf('{user} {query} {request.header.a} {upstreamConnectMs}')).toBe('- - - -\n');
  });

  it.each([
    ['2.0', 'HTTP/2.0'],
    ['1.1', 'HTTP/1.1'],
    [null, '-'],
  ] as const)('names what the upstream was spoken to in: %s', async (httpVersion, expected) => {
    const { line } = compileFormat('{protocol} {upstreamProtocol}');
    expect(line(await entryOf({}, { httpVersion }))).toBe(`HTTP/1.1 ${expected}\n`);
  });

  it('takes doubled braces for braces', async () => {
    expect(await lineOf('{{"status":{status}}}')).toBe('{"status":200}\n');
  });

  it('looks at the clock only for formats that tell of stages', () => {
    expect(compileFormat('{status} {durationMs}').usesStages).toBe(false);
    expect(compileFormat('{status} {waitMs}').usesStages).toBe(true);
  });

  it.each([
    '{request.header.authorization}',
    '{request.header.cookie}',
    '{request.header.x-api-key}',
    '{response.header.set-cookie}',
  ])('redacts the credentials of %s, but not that there were some', async (format) => {
    const headers = { Authorization: 'Basic YTpi', Cookie: 'id=1', 'X-Api-Key': 'k' };
    const line = await lineOf(format, { headers }, ({ response }) => {
      response.headers.set('Set-Cookie', 'id=1');
    });
    expect(line).toBe('[redacted]\n');
    expect(await lineOf(format)).toBe('-\n');
  });

  it('redacts credentials in the target, the query and every field that is a URL', async () => {
    const headers = { Referer: 'https://ann:pw@example.com/?token=1', 'X-Original-Url': '/a?password=2' };
    const format = '{target} {query} {referer} {request.header.referer} {request.header.x-original-url}';
    expect(await lineOf(format, { url: '/a?api_key=3&b=4', headers })).toBe(
      '/a?api_key=[redacted]&b=4 api_key=[redacted]&b=4 https://[redacted]@example.com/?token=[redacted] https://[redacted]@example.com/?token=[redacted] /a?password=[redacted]\n',
    );
  });

  it('lets no header forge a line', async () => {
    expect(await lineOf('"{request.header.a}"', { headers: { A: '1" 2\t\x80\xff' } })).toBe(
      '"1\\x22 2\\x09\\x80\\xFF"\n',
    );
  });

  it('throws for a wrong format', () => {
    expect(() => compileFormat('{stauts}')).toThrow(
      expect.objectContaining({
        code: 'ACCESS_LOG_FORMAT_INVALID',
        message: expect.stringMatching(/Did you mean `status`\?$/),
      }),
    );
  });
});

describe('formatProblem()', () => {
  it.each(['combined', 'common', 'json', 'w3c', 'console', '{client}', 'a {request.header.x} {{}}'])(
    'accepts %s',
    (text) => {
      expect(formatProblem(text)).toBeNull();
    },
  );

  it.each([
    ['{cleint} {status}', /expected the name of a fact in braces, found \{cleint\}/, 'client'],
    ['combind', /expected combined, common, json, w3c, console, or a text with names in braces/, 'combined'],
    ['{toString}', /found \{toString\}/, undefined],
    ['constructor', /expected combined/, undefined],
    ['{client', /expected names in braces/, undefined],
    ['{"a":{client}}', /expected names in braces/, undefined],
    ['{client}\n{path}', /one line/, undefined],
    ['{request.header.}', /found \{request\.header\.\}/, 'request.header.'],
    ['', /expected combined/, undefined],
    ['iis', 'or a text with names in braces; the format of IIS is w3c', 'w3c'],
    ['IIS', 'the format of IIS is w3c', 'w3c'],
    ['nginx', 'the format of nginx is combined', 'combined'],
  ])('refuses %j', (text, message, suggestion) => {
    const problem = formatProblem(text);
    expect(problem?.message).toMatch(message);
    expect(problem?.suggestion).toBe(suggestion);
  });
});

it('every word for an end is one column', () => {
  for (const word of Object.keys(endReasons)) expect(word).toMatch(/^[a-z-]+$/);
});
