import { HttpHeaders } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../src/lib/compile-filter.ts';
import { decideRequest } from '../src/lib/decide-request.ts';

const pieces = [
  ...[
    '/',
    '..',
    '.',
    ';',
    ':',
    '%',
    '%2e',
    '%2F',
    '%252e',
    '%c0',
    '%c0%af',
    '%u002e',
    '%00',
    '\\',
    '?',
    '&',
    '=',
    '+',
    ' ',
    '#',
    "'",
    '"',
  ],
  ...[
    '<',
    '>',
    '(',
    ')',
    '{{',
    '${',
    '}}',
    '/*',
    '*/',
    '--',
    '|',
    '`',
    '\n',
    'é',
    '\ud800',
    'ｂin',
    'bin',
    'or',
    '1',
    'select',
    'union ',
    'sleep(',
  ],
  ...[
    'script',
    'onerror',
    'web.config',
    '.env',
    'etc/passwd',
    '&#x',
    '&lt;',
    '__proto__',
    '$ne',
    'http://',
    '://',
    '@',
    '*',
    '~',
    '0',
    '%E2%80%A6',
    '',
  ],
];

describe('decideRequest() on random targets', () => {
  const filter = compileFilter({
    preset: ['iis-defaults', 'strict'],
    denyUrlSequences: ['..', ':'],
    denyQuerySequences: ['%3c'],
    encodedCharacters: { '%2f': 'reject' },
    allowHighBit: false,
    rules: [{ name: 'r', deny: ['x'], scanUrl: true, scanQuery: true, scanAllRaw: true }],
  });
  let state = 17;
  const random = (below: number) => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 8) % below;
  const text = (most: number) => Array.from({ length: random(most) }, () => pieces[random(pieces.length)]).join('');

  it('always decides, twice the same', () => {
    for (let round = 0; round < 5000; round++) {
      const target = `${random(10) === 0 ? 'http://a' : ''}/${text(8)}${random(2) === 0 ? '' : `?${text(12)}`}`;
      const [path = '', query = null] = target.split('?');
      const headers = HttpHeaders.fromFields(['user-agent', text(4), 'User-Agent', 'referer', text(6), 'Referer']);
      const request = { method: 'GET', target, path: random(2) === 0 ? path : `/${text(3)}`, query, headers };
      const first = decideRequest(request, filter, null);
      expect(decideRequest(request, filter, null)).toEqual(first);
    }
  });

  it('sees the same in every spelling of a hidden segment', () => {
    const spelled = (name: string) =>
      [...name].map((letter) => {
        const hex = `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;
        return [letter, letter.toUpperCase(), hex, hex.toUpperCase()][random(4)];
      });
    const hidden = compileFilter({ hiddenSegments: { deny: ['secret.d'] } });
    const headers = new HttpHeaders();
    for (let round = 0; round < 2000; round++) {
      const separator = ['/', '%2f', '%5c'][random(3)]!;
      const end = ['', '/', '/x', '.', '%20', ';a', '%3Ba', '::$DATA', '%00', '?a', '/../x/'][random(11)]!;
      const target = `/a${separator}${spelled('secret.d').join('')}${end}`;
      const [path = '', query = null] = target.split('?');
      const found = decideRequest({ method: 'GET', target, path, query, headers }, hidden, 0);
      expect([target, found?.code]).toEqual([target, 'REQUEST_FILTER_HIDDEN_SEGMENT']);
    }
  });
});
