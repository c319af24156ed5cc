import { expect, it } from 'vitest';
import { meantKey } from './meant-key.ts';

it.each([
  ['max_request_body', 'maxRequestBody'],
  ['Hosts', 'hosts'],
  ['server_name', 'hosts'],
  ['serverName', 'hosts'],
  ['return', 'redirect'],
  ['nothing', undefined],
])('%s means %s', (key, expected) => {
  const meant = { server_name: 'hosts', return: ['respond', 'redirect'], other: 'gone' };
  expect(meantKey(key, ['hosts', 'redirect', 'maxRequestBody'], meant)).toBe(expected);
});
