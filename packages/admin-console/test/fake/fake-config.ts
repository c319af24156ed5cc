import { createHash } from 'node:crypto';
import type { ApiEdition, ApiValidation } from '@windhover/admin';

export const fakeConfigText = `# The shop
workers: 2
listen:
  - 80
  - { port: 443, tls: true }

admin: { listen: 127.0.0.1:9146, users: admins }
compress: true
securityHeaders: true

upstreams:
  shop:
    to: [http://10.0.0.5:3000, { url: http://10.0.0.6:3000, weight: 2 }]
    balance: least-requests
    health: { path: /healthz, every: 5s, timeout: 1s }

sites:
  shop:
    hosts: [shop.example.com, www.shop.example.com]
    routes:
      - path: /api
        methods: [GET, POST]
        rateLimit: { requests: 100, per: 1m }
        proxy: shop
      - path: /
        static: { root: ./public, fallback: /index.html }
`;

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface FakeEdition extends ApiEdition {
  readonly text: string;
}

export function fakeConfigHistory(now: number): FakeEdition[] {
  const edition = (id: string, minutes: number, user: string, note: string, text: string): FakeEdition => ({
    id,
    at: now - minutes * 60_000,
    user,
    note,
    text,
    hash: hashOf(text),
    edition: Number(id),
    isCurrent: text === fakeConfigText,
  });
  return [
    edition('7', 58, 'ada', 'a longer cache for reports', fakeConfigText),
    edition('6', 1500, 'grace', '', fakeConfigText.replace('requests: 100', 'requests: 60')),
    edition('5', 4100, 'a file edited by hand', '', fakeConfigText.replace('workers: 2', 'workers: 1')),
  ];
}

/** Knows three mistakes: a tab, the key `prox` and a number of workers below 1. */
export function validateFake(text: string): ApiValidation {
  const problems = text.split('\n').flatMap((line, index) => {
    const at = (message: string, part: string, isWarning = false) => {
      const column = line.indexOf(part) + 1;
      return column === 0 ? [] : [{ message, path: part.trim(), line: index + 1, column, isWarning }];
    };
    return [
      ...at('a tab cannot indent', '\t'),
      ...(/^\s+prox:/.test(line) ? at('there is no key prox; did you mean proxy?', 'prox') : []),
      ...(/^workers: 0/.test(line) ? at('expected auto or a number from 1', 'workers') : []),
      ...(/timeout: 1s/.test(line) ? at('shorter than the network may take', 'timeout', true) : []),
    ];
  });
  return { ok: problems.every(({ isWarning }) => isWarning), problems };
}
