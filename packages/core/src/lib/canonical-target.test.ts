import { describe, expect, it } from 'vitest';
import { canonicalPath, canonicalTarget, pathSegments } from './canonical-target.ts';

/** What a client sends, and the path everybody sees; `400` where two readers could disagree. */
const paths: readonly [sent: string, path: string | 400, why: string][] = [
  ['/', '/', 'the root'],
  ['/a/b.txt', '/a/b.txt', 'nothing to do'],
  ['/a/', '/a/', 'a trailing slash means something'],
  ['//host/x', '//host/x', 'empty segments stay'],
  ['/a//b', '/a//b', 'empty segments stay'],
  ['/%61dmin', '/admin', 'unreserved octets are decoded'],
  ['/%41%2D%2e%5f%7E', '/A-._~', 'unreserved octets are decoded'],
  ['/%40admin%21', '/@admin!', 'what may stand raw stands raw: a rule for /@admin must see it'],
  ['/a%3Bb%2Bc', '/a;b+c', 'what may stand raw stands raw'],
  ['/a%c3%a9', '/a%C3%A9', 'hex digits become upper case'],
  ['/a%252fb', '/a%252fb', 'nothing is decoded twice'],
  ['/a%2fb', '/a%2Fb', 'an encoded slash stays encoded'],
  ['/a%5cb', '/a%5Cb', 'an encoded backslash stays encoded'],
  ['/a%3f%23', '/a%3F%23', 'encoded delimiters stay encoded'],
  ['/a|b"<>^`{}[]', '/a%7Cb%22%3C%3E%5E%60%7B%7D%5B%5D', 'what browsers send raw is encoded'],
  ['/a%7cb', '/a%7Cb', 'and equals what others send encoded'],
  ['/%20', '/%20', 'an encoded space stays'],
  ['/%01', '/%01', 'an encoded control byte stays encoded'],
  ['/a/./b', '/a/b', 'dot segments are resolved'],
  ['/a/../b', '/b', 'dot segments are resolved'],
  ['/a/%2e%2e/admin', '/admin', 'encoded dots are dots'],
  ['/a/.%2E/admin', '/admin', 'half encoded dots are dots'],
  ['/a/%2e/b', '/a/b', 'an encoded dot is a dot'],
  ['/..', '/', 'nothing is above the root'],
  ['/../../etc', '/etc', 'nothing is above the root'],
  ['/a/.', '/a/', 'a trailing dot segment leaves its slash'],
  ['/a/b/..', '/a/', 'a trailing dot segment leaves its slash'],
  ['/a//../b', '/a/b', 'an empty segment counts as one'],
  ['//..', '/', 'an empty segment counts as one'],
  ['/...', '/...', 'three dots are a name'],
  ['/.hidden', '/.hidden', 'a name may begin with a dot'],
  ['/a./b', '/a./b', 'a name may end with a dot'],
  ['/..;/a', '/..;/a', 'parameters are part of a segment'],
  ['/admin%2F..', 400, 'an encoded slash next to a dot segment'],
  ['/public%2f..%2fadmin', 400, 'an encoded slash next to a dot segment'],
  ['/public%2f%2e%2e%2fadmin', 400, 'an encoded slash next to an encoded dot segment'],
  ['/public%5c..%5cadmin', 400, 'an encoded backslash next to a dot segment'],
  ['/.%2Fa', 400, 'an encoded slash next to a dot segment'],
  ['/a\\b', 400, 'a backslash is a slash to some'],
  ['/a%00', 400, 'NUL ends a string for some'],
  ['/a#b', 400, 'a fragment is not part of a request'],
  ['/%', 400, 'a bad escape'],
  ['/%4', 400, 'a bad escape'],
  ['/%zz', 400, 'a bad escape'],
  ['/%+1', 400, 'a bad escape'],
  ['/%u002e', 400, 'a bad escape'],
  ['/a b', 400, 'a space'],
  ['/a\tb', 400, 'a control byte'],
  ['/a\x7fb', 400, 'a control byte'],
  ['/a\r\nb', 400, 'a line break'],
  ['/é', 400, 'a byte that is not ASCII'],
  ['/\u2025', 400, 'a character that folds to dots'],
];

const read = (run: () => string): string | number => {
  try {
    return run();
  } catch (error) {
    return (error as { code?: string }).code === 'CORE_TARGET_INVALID' ? (error as { status: number }).status : -1;
  }
};

describe('canonicalPath()', () => {
  it.each(paths)('%j → %j: %s', (sent, path) => {
    expect(read(() => canonicalPath(sent))).toBe(path);
  });

  it.each(['', '*', 'a', '%2Fa'])('refuses %j: a path begins with a slash', (sent) => {
    expect(read(() => canonicalPath(sent))).toBe(400);
  });
});

describe('canonicalTarget()', () => {
  it.each(paths)('reads the path of %j in origin and absolute form alike', (sent, path) => {
    expect(read(() => canonicalTarget('GET', sent).path)).toBe(path);
    expect(read(() => canonicalTarget('GET', `http://host${sent}`).path)).toBe(path);
  });

  it.each([
    ['/a?b=c', { path: '/a', query: 'b=c' }],
    ['/a?', { path: '/a', query: '' }],
    ['/a?b?c', { path: '/a', query: 'b?c' }],
    ['/a?%zz/../%2e', { path: '/a', query: '%zz/../%2e' }],
    ['/?/../x', { path: '/', query: '/../x' }],
  ])('leaves the query of %j untouched', (target, expected) => {
    expect(canonicalTarget('GET', target)).toEqual({ form: 'origin', scheme: null, authority: null, ...expected });
  });

  it.each(['/a?b#c', '/a?b c', '/a?\0', '/a?é', '/a?\r\n'])('refuses the query of %j', (target) => {
    expect(read(() => canonicalTarget('GET', target).path)).toBe(400);
  });

  it.each([
    ['http://Host:8080/a?b', { scheme: 'http', authority: 'Host:8080', path: '/a', query: 'b' }],
    ['HTTPS://host', { scheme: 'https', authority: 'host', path: '/', query: null }],
    ['http://host?b', { scheme: 'http', authority: 'host', path: '/', query: 'b' }],
    ['http://user@host/', { scheme: 'http', authority: 'user@host', path: '/', query: null }],
  ])('takes the absolute form %j apart', (target, expected) => {
    expect(canonicalTarget('GET', target)).toEqual({ form: 'absolute', ...expected });
  });

  it('takes whatever CONNECT names as an authority, to be read as a host', () => {
    expect(canonicalTarget('CONNECT', 'host:443')).toMatchObject({
      form: 'authority',
      path: '',
      authority: 'host:443',
    });
    expect(canonicalTarget('CONNECT', '/a')).toMatchObject({ form: 'authority', authority: '/a' });
  });

  it('knows the asterisk with OPTIONS only', () => {
    expect(canonicalTarget('OPTIONS', '*')).toMatchObject({ form: 'asterisk', path: '*', query: null });
    expect(read(() => canonicalTarget('GET', '*').path)).toBe(400);
  });

  it.each(['', 'a', 'host:80', '?a', 'http:/a', 'http://', 'http:///a', '1http://a/', ' /a', '**', 'http://host#a'])(
    'refuses %j',
    (target) => {
      expect(read(() => canonicalTarget('GET', target).path)).toBe(400);
    },
  );
});

describe('pathSegments()', () => {
  it.each([
    ['/', ['']],
    ['/a/b', ['a', 'b']],
    ['/a/', ['a', '']],
    ['//a', ['', 'a']],
    ['/a%2Fb/c', ['a/b', 'c']],
    ['/a%252fb', ['a%2fb']],
    ['/caf%C3%A9', ['café']],
    ['/%E9', null],
    ['/ok/%C0%AF', null],
    ['/%ED%A0%80', null],
    ['*', []],
    ['', []],
  ])('%j → %j', (path, segments) => {
    expect(pathSegments(path)).toEqual(segments);
  });
});

describe('canonicalPath() on random paths', () => {
  const pieces = [
    '/',
    '/',
    'a',
    '.',
    '..',
    '%2e',
    '%2E',
    '%2f',
    '%2F',
    '%5C',
    '%25',
    '%40',
    '@',
    '%7c',
    '|',
    '%C3%A9',
    ';',
    '%3b',
    'Z',
    '%5A',
  ];
  const random = seeded(20_240_607);
  const accepted = new Map<string, string>();
  for (let round = 0; round < 20_000; round++) {
    const parts = Array.from(
      { length: 1 + Math.floor(random() * 7) },
      () => pieces[Math.floor(random() * pieces.length)],
    );
    const sent = `/${parts.join('')}`;
    const path = read(() => canonicalPath(sent));
    if (typeof path === 'string') accepted.set(sent, path);
  }

  it('is idempotent', () => {
    expect(accepted.size).toBeGreaterThan(5_000);
    for (const path of accepted.values()) expect(canonicalPath(path)).toBe(path);
  });

  it('is injective: paths that differ hold different octets between their slashes', () => {
    const byOctets = new Map<string, string>();
    for (const path of new Set(accepted.values())) {
      const octets = path
        .split('/')
        .map((segment) => segment.replace(/%(..)/g, (_, hex) => `<${Number.parseInt(hex, 16)}>`));
      const plain = octets.map((segment) =>
        segment.replace(/<(\d+)>/g, (_, octet) => String.fromCharCode(Number(octet))),
      );
      const structure = JSON.stringify(plain);
      expect(byOctets.get(structure) ?? path).toBe(path);
      byOctets.set(structure, path);
    }
  });

  it('leaves no dot segment', () => {
    for (const path of accepted.values()) expect(path).not.toMatch(/\/\.{1,2}(\/|$)/);
  });
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}
