import { HttpHeaders, HttpRequest } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { compileFilter } from './compile-filter.ts';
import { decideRequest, type FilterRequest } from './decide-request.ts';
import type { RequestFilterOptions } from './filter-options.ts';
import { ruleText } from './request-filter.ts';

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyLength?: number | null;
}

/** What a filter says of a target: `ok`, or the status with the rule. Targets that core refuses are given as they are. */
function decide(options: RequestFilterOptions, target: string, asked: Asked = {}): string {
  const { method = 'GET', headers = {}, bodyLength = 0 } = asked;
  const fields = new HttpHeaders(headers);
  const refused = decideRequest(requestOf(method, target, fields), compileFilter(options), bodyLength);
  return refused === null ? 'ok' : ruleText(refused);
}

function requestOf(method: string, target: string, headers: HttpHeaders): FilterRequest {
  try {
    const facts = { httpVersion: '1.1', scheme: 'http', host: undefined, body: null, upgrade: null } as const;
    return new HttpRequest({ ...facts, method, target, headers });
  } catch {
    const [path = '', query = null] = target.split('?');
    return { method, target, path, query, headers };
  }
}

const iis: RequestFilterOptions = { preset: 'iis-defaults' };

describe('iis-defaults', () => {
  it.each([
    ['/', 'ok'],
    ['/bin/x.dll', '404.8: hidden segment bin'],
    ['/binary/x', 'ok'],
    ['/a/App_Data/x.mdf', '404.7: extension .mdf'],
    ['/a/app_data/', '404.8: hidden segment app_data'],
    ['/App_codes', 'ok'],
    ['/web.config', '404.7: extension .config'],
    ['/a.config.txt', 'ok'],
    ['/x.CS', '404.7: extension .cs'],
    ['/x.csx', 'ok'],
    ['/x.sdmDocument', '404.7: extension .sdmdocument'],
    ['/a%2541', '404.11: double escaping'],
    ['/100%25', 'ok'],
    ['/a+b', '404.11: double escaping: a plus'],
    ['/a%2Bb', '404.11: double escaping: a plus'],
    ['/a%20b', 'ok'],
    ['/a?b=c%2541+d', 'ok'],
    ['/caf%C3%A9', 'ok'],
    [`/${'a'.repeat(4095)}`, 'ok'],
    [`/${'a'.repeat(4096)}`, '404.14: path of 4097 bytes, at most 4096'],
    [`/?${'a'.repeat(2048)}`, 'ok'],
    [`/?${'a'.repeat(2049)}`, '404.15: query of 2049 bytes, at most 2048'],
    ['http://host/bin/x', '404.8: hidden segment bin'],
  ])('%s → %s', (target, expected) => {
    expect(decide(iis, target)).toBe(expected);
  });

  it('takes 30,000,000 bytes of body, as announced', () => {
    expect(decide(iis, '/', { method: 'POST', bodyLength: 30_000_000 })).toBe('ok');
    expect(decide(iis, '/', { method: 'POST', bodyLength: 30_000_001 })).toBe(
      '413.1: body of 30000001 bytes, at most 30000000',
    );
  });

  it('lets names of its lists be taken out, and others be added', () => {
    const own: RequestFilterOptions = {
      ...iis,
      extensions: { deny: ['.bak'], remove: ['.java'] },
      hiddenSegments: { deny: ['private'], remove: ['bin'] },
      allowPlus: true,
    };
    const targets = ['/x.java', '/x.bak', '/x.cs', '/bin/', '/private/x', '/App_Data/x', '/a+b'];
    expect(targets.map((target) => decide(own, target).slice(0, 5))).toEqual([
      ...['ok', '404.7', '404.7', 'ok', '404.8', '404.8', 'ok'],
    ]);
  });
});

describe('decideRequest()', () => {
  const hidden: RequestFilterOptions = { hiddenSegments: { deny: ['bin'] }, extensions: { deny: ['.config'] } };

  it.each([
    ['letter case', '/BIN/x', '/x.CONFIG'],
    ['escapes', '/%62in/x', '/x%2econfig'],
    ['an encoded slash', '/a%2fbin%2fx', '/a%2fx.config'],
    ['an encoded backslash', '/a%5cbin%5cx', '/a%5cx.config'],
    ['dot segments', '/a/../bin/x', '/a/./x.config'],
    ['encoded dot segments', '/a/%2e%2e/bin/x', '/a/%2e/x.config'],
    ['dots at the end, which Windows drops', '/bin./x', '/x.config..'],
    ['spaces at the end, which Windows drops', '/bin%20/x', '/x.config%20%20'],
    ['parameters of a segment, which Java drops', '/bin;a=1/x', '/x.config;jsessionid=1'],
    ['an encoded parameter', '/bin%3ba=1/x', '/x.config%3b.jpg'],
    ['streams of NTFS', '/bin::$INDEX_ALLOCATION/x', '/x.config::$DATA'],
    ['an encoded NUL, which ends a string for some', '/bin%00/x', '/x.config%00.jpg'],
    ['full-width letters, which Windows folds', '/%EF%BD%82in/x', '/x%EF%BC%8Econfig'],
    ['a slash at the end', '/bin/', '/x.config/'],
    ['the absolute form', 'http://host/bin/x', 'http://host/x.config'],
  ])('sees through %s', (_why, segment, file) => {
    expect([decide(hidden, segment), decide(hidden, file)].map((each) => each.slice(0, 5))).toEqual(['404.8', '404.7']);
  });

  it('decides on the path as it is now too, after a rewrite', () => {
    const request = requestOf('GET', '/nice', new HttpHeaders()) as HttpRequest;
    request.rewrite('/bin/x?cmd');
    const filter = compileFilter({ ...hidden, denyQuerySequences: ['cmd'] });
    expect(decideRequest(request, filter, 0)?.rule).toBe('hidden segment bin');
    request.rewrite('/nice?cmd');
    expect(decideRequest(request, filter, 0)?.rule).toBe('query sequence cmd');
  });

  it('decides on what was asked for, although a rewrite leads elsewhere', () => {
    const request = requestOf('GET', '/bin/x', new HttpHeaders()) as HttpRequest;
    request.rewrite('/nice');
    expect(decideRequest(request, compileFilter(hidden), 0)?.rule).toBe('hidden segment bin');
  });

  it('does not take a part of a name for the name', () => {
    for (const path of ['/binary', '/robin/x', '/x.configuration', '/config', '/a/cabin'])
      expect(decide(hidden, path)).toBe('ok');
  });

  it.each([
    ['an overlong slash', '/a%C0%AFb'],
    ['an overlong dot', '/%C0%AE%C0%AE/x'],
    ['an overlong NUL', '/a%C0%80'],
    ['an overlong slash of three octets', '/a%E0%80%AFb'],
    ['a surrogate', '/a%ED%A0%80'],
    ['a lone octet of Latin-1', '/caf%E9'],
  ])('refuses %s: octets that are not UTF-8', (_why, target) => {
    expect(decide({}, target)).toBe('octets that are not UTF-8');
    expect(decide({ allowInvalidUtf8: true }, target)).toBe('ok');
  });

  it('refuses characters outside of ASCII where they are not allowed', () => {
    expect(decide({ allowHighBit: false }, '/caf%C3%A9')).toBe('404.12: character outside of ASCII');
    expect(decide({ allowHighBit: false }, '/cafe?%C3%A9')).toBe('ok');
  });

  it.each(['%2f', '%5c', '%00', '%3b', '%25', '%3f', '%23'] as const)('refuses %s in a path, if asked', (escaped) => {
    const policy: RequestFilterOptions = { encodedCharacters: { [escaped]: 'reject', '%2f': 'reject' } };
    expect(decide(policy, `/a${escaped}b`)).toBe(`escape ${escaped}`);
    expect(decide(policy, `/a${escaped.toUpperCase()}b`)).toBe(`escape ${escaped}`);
    expect(decide(policy, `/a?b=${escaped}`)).toBe('ok');
    expect(decide({}, `/a${escaped}b`)).toBe('ok');
  });

  it.each(['/a%252fb', '/%252e%252e/x', '/%25252e', '/a%25u002fb'])('refuses the double escaping of %s', (target) => {
    expect(decide({ allowDoubleEscaping: false }, target)).toBe('404.11: double escaping');
    expect(decide({ allowDoubleEscaping: true }, target)).toBe('ok');
  });

  it('takes sequences in the path as received and decoded, but not where the whole path is always allowed', () => {
    const options: RequestFilterOptions = {
      denyUrlSequences: ['..', 'Foo:', '\\'],
      alwaysAllowedUrls: ['/my..file'],
    };
    const targets = ['/a/../b', '/a/%2e%2e/b', '/fOO:', '/a%5cb', '/my..file', '/MY%2e.file', '/my..files', '/x?a=..'];
    expect(targets.map((target) => decide(options, target))).toEqual([
      ...['404.5: URL sequence ..', '404.5: URL sequence ..', '404.5: URL sequence Foo:', '404.5: URL sequence \\'],
      ...['ok', 'ok', '404.5: URL sequence ..', 'ok'],
    ]);
  });

  it('takes sequences in the query as received and decoded, but not where the whole query is always allowed', () => {
    const options: RequestFilterOptions = { denyQuerySequences: ['bad', '%3c'], alwaysAllowedQueries: ['a=bad'] };
    const targets = ['/?x=BAD', '/?x=b%61d', '/?x=%3C', '/?a=bad', '/?a=bad2', '/bad'];
    expect(targets.map((target) => decide(options, target))).toEqual([
      ...['404.18: query sequence bad', '404.18: query sequence bad', '404.18: query sequence %3c'],
      ...['ok', '404.18: query sequence bad', 'ok'],
    ]);
  });

  it('knows methods by exact spelling where they are let in, and by every spelling where they are refused', () => {
    const only: RequestFilterOptions = { verbs: { allow: ['GET', 'POST'] } };
    const but: RequestFilterOptions = { verbs: { deny: ['TRACE'] } };
    const of = (options: RequestFilterOptions, method: string) => decide(options, '/', { method });
    expect([of(only, 'GET'), of(only, 'PUT'), of(only, 'get')]).toEqual([
      'ok',
      '404.6: method PUT',
      '404.6: method get',
    ]);
    expect([of(but, 'GET'), of(but, 'TRACE'), of(but, 'Trace')]).toEqual([
      ...['ok', '404.6: method TRACE', '404.6: method Trace'],
    ]);
  });

  it.each([
    ['/?x=union+select', '404.18: query sequence union select'],
    ['/?x=%75nion+%73elect', '404.18: query sequence union select'],
    ['/?x=union%2Bselect', 'ok'],
    ['/?x=a%2bb', '404.18: query sequence a+b'],
    ['/?x=a+b', '404.18: query sequence a+b'],
    ['/?fine=union+select', 'ok'],
  ])('sees a plus in a query as a space too, as forms write it: %s → %s', (target, expected) => {
    const options: RequestFilterOptions = {
      denyQuerySequences: ['union select', 'a+b'],
      alwaysAllowedQueries: ['fine=union select'],
    };
    expect(decide(options, target)).toBe(expected);
  });

  it('sees a plus as a space in the queries that rules scan', () => {
    const options: RequestFilterOptions = { rules: [{ name: 'SQL', scanQuery: true, deny: ['drop table'] }] };
    expect([decide(options, '/?q=drop+table'), decide(options, '/drop+table')]).toEqual([
      expect.stringContaining('404.19'),
      'ok',
    ]);
  });

  it('lets only listed extensions in, `.` among them for none', () => {
    const options: RequestFilterOptions = { extensions: { allow: ['.', '.html'] } };
    const targets = ['/', '/a', '/a.html', '/a.HTML', '/a.txt', '/a.b/c', '/a.html.bak', '/x.php;.html'];
    expect(targets.map((target) => decide(options, target).slice(0, 5))).toEqual([
      ...['ok', 'ok', 'ok', 'ok', '404.7', 'ok', '404.7', '404.7'],
    ]);
  });

  it.each([
    ['/a.php/x', '404.7: extension .php'],
    ['/a.PHP/b.html', '404.7: extension .php'],
    ['/a%2ephp%2fx', '404.7: extension .php'],
    ['/a.php;x=1/y', '404.7: extension .php'],
    ['/a.php%5cx', '404.7: extension .php'],
    ['/x%EF%BC%8Ephp/y', '404.7: extension .php'],
    ['/a.php.d/x', 'ok'],
    ['/php/x', 'ok'],
    ['/v1.2/a.html', 'ok'],
    ['/folder/x.html', 'ok'],
    ['/a/./b/../x.html', 'ok'],
  ])('refuses an extension before more names, which some programs take for the file: %s → %s', (target, expected) => {
    expect(decide({ extensions: { deny: ['.php'] } }, target)).toBe(expected);
  });

  it('refuses names without an extension, but only as the last one', () => {
    const options: RequestFilterOptions = { extensions: { deny: ['.'] } };
    const targets = ['/folder/x', '/x', '/folder/x.html', '/folder./x.html'];
    expect(targets.map((target) => decide(options, target).slice(0, 5))).toEqual(['404.7', '404.7', 'ok', 'ok']);
  });

  it('looks only at the last name for extensions that are let in', () => {
    const options: RequestFilterOptions = { extensions: { allow: ['.html'], deny: ['.php'] } };
    const targets = ['/v1.2/a.html', '/a.php/b.html', '/a.html/b'];
    expect(targets.map((target) => decide(options, target).slice(0, 5))).toEqual(['ok', '404.7', '404.7']);
  });

  it('applies a rule for an extension to what follows a file of that extension', () => {
    const options: RequestFilterOptions = {
      rules: [{ name: 'SQL', scanQuery: true, deny: ['drop'], extensions: ['.asp'] }],
    };
    const targets = ['/a.asp/x?drop', '/a.asp?drop', '/a/x?drop'];
    expect(targets.map((target) => decide(options, target).slice(0, 6))).toEqual(['404.19', '404.19', 'ok']);
  });

  it('limits single header fields, 0 refusing every request that has it', () => {
    const options: RequestFilterOptions = { maxHeaderBytes: { 'X-Long': 4, Translate: 0 } };
    const of = (headers: Record<string, string>) => decide(options, '/', { headers });
    expect([of({ 'x-long': '1234' }), of({ 'x-long': '12345' }), of({ translate: '' }), of({})]).toEqual([
      ...['ok', 'field x-long of 5 bytes, at most 4', 'field translate of 0 bytes, at most 0', 'ok'],
    ]);
  });

  it('searches what a rule names, for the extensions that it names', () => {
    const sql: RequestFilterOptions = {
      rules: [{ name: 'SQL', scanQuery: true, deny: ['--', 'drop'], extensions: ['.asp', '.aspx'] }],
    };
    expect(decide(sql, '/a.aspx?x=1--')).toBe('404.19: rule SQL: "--"');
    expect(decide(sql, '/a.aspx?x=1%2d%2D')).toBe('404.19: rule SQL: "--"');
    expect(decide(sql, '/a.html?x=1--')).toBe('ok');
    expect(decide(sql, '/drop.asp')).toBe('ok');
    const agents: RequestFilterOptions = {
      rules: [{ name: 'bots', scanHeaders: ['User-Agent'], deny: ['YandexBot'] }],
    };
    expect(decide(agents, '/', { headers: { 'User-Agent': 'a yandexbot/1' } })).toBe('404.19: rule bots: "YandexBot"');
    expect(decide(agents, '/', { headers: { From: 'YandexBot' } })).toBe('ok');
    const raw: RequestFilterOptions = { rules: [{ name: 'raw', scanAllRaw: true, deny: ['X-A: evil', 'GET /b '] }] };
    expect(decide(raw, '/', { headers: { 'x-a': 'EVIL' } })).toBe('404.19: rule raw: "X-A: evil"');
    expect(decide(raw, '/b')).toBe('404.19: rule raw: "GET /b "');
    expect(decide(raw, '/c')).toBe('ok');
  });

  it('refuses a % that begins no escape where a rule searches, unless that is switched off', () => {
    const rule = { name: 'r', scanQuery: true, deny: ['never'] };
    expect(decide({ rules: [rule] }, '/?q=100%')).toBe('404.19: rule r: a % without digits');
    expect(decide({ rules: [{ ...rule, denyUnescapedPercent: false }] }, '/?q=100%')).toBe('ok');
    expect(decide({ rules: [rule] }, '/?q=100%25')).toBe('ok');
  });

  it('leaves targets without a path alone', () => {
    expect(decide(iis, '*', { method: 'OPTIONS' })).toBe('ok');
    expect(decide(iis, 'host:443', { method: 'CONNECT' })).toBe('ok');
  });
});

describe('compileFilter()', () => {
  it.each([
    [{ presets: 'strict' }, 'found `presets`. Did you mean `preset`?'],
    [{ preset: 'iis' }, "preset: expected 'iis-defaults', 'strict' or a list of them"],
    [{ maxUrlBytes: -1 }, 'maxUrlBytes: expected a whole number, 0 or more'],
    [{ extensions: { deny: ['exe'] } }, 'extensions.deny[0]: expected an extension such as .config'],
    [{ extensions: { refuse: [] } }, 'extensions: '],
    [{ hiddenSegments: { deny: [''] } }, 'hiddenSegments.deny[0]: expected a text'],
    [{ alwaysAllowedUrls: ['a'] }, 'alwaysAllowedUrls[0]: expected a path that begins with /'],
    [{ encodedCharacters: { '%41': 'reject' } }, "encodedCharacters: expected '%2f' or"],
    [{ rules: [{ name: 'a', deny: ['x'] }] }, 'rules: a searches nothing'],
    [{ rules: [{ name: 'a', scanUrl: true }] }, 'rules[0].deny: expected a list of texts, found nothing'],
    [{ maxHeaderBytes: { 'a b': 1 } }, 'maxHeaderBytes: expected the name of a field'],
    [{ strict: {} }, 'strict: it changes the preset `strict`, which is not chosen'],
  ])('refuses %o', (options, message) => {
    expect(() => compileFilter(options as never)).toThrow(message);
  });
});
