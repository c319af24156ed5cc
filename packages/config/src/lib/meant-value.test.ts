import { expect, it } from 'vitest';
import { meantValue } from './meant-value.ts';

const protocols = ['http1', 'http2', 'auto'];
const challenges = ['http-01', 'tls-alpn-01', 'dns-01'];

it.each<[string, readonly unknown[], string]>([
  ['http/2', protocols, 'http2'],
  ['h2', protocols, 'http2'],
  ['H1', protocols, 'http1'],
  ['http', challenges, 'http-01'],
  ['alpn', challenges, 'tls-alpn-01'],
  ['DNS', challenges, 'dns-01'],
  ['off', [true, false], 'false'],
  ['No', [true, false, 'strict'], 'false'],
  ['yes', [true, false], 'true'],
  ['off', ['required', 'optional', 'none'], 'none'],
  ['no', ['console', 'off'], 'off'],
  ['false', ['required', 'none'], 'none'],
])('takes %j among %j for %s', (written, values, meant) => {
  expect(meantValue(written, values)).toBe(meant);
});

it.each<[string, readonly unknown[]]>([
  ['01', challenges],
  ['h3', protocols],
  ['h', ['http2']],
  ['', protocols],
  ['off', ['auto']],
  ['yes', [false]],
])('has no guess for %j among %j', (written, values) => {
  expect(meantValue(written, values)).toBeUndefined();
});
