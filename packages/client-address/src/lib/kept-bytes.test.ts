import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ClientIdentity } from '@windhover/core';
import { expect, it } from 'vitest';
import { factsWith } from './client-fixtures.ts';
import { clientPolicy } from './client-policy.ts';
import { resolveClient } from './resolve-client.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it('keeps no part of the request head alive: an identity may outlive its request', () => {
  const policy = clientPolicy({ trust: ['private'] });
  const count = 2_000;
  const kept: ClientIdentity[] = [];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < count; index++) {
    const head = Buffer.alloc(8192, `2001:db8::${index.toString(16)},host-number-${index}.example,`).toString('latin1');
    const [address = '', host = ''] = head.split(',');
    kept.push(resolveClient(factsWith({ 'X-Forwarded-For': address, 'X-Forwarded-Host': host }), policy));
  }
  collectGarbage();
  expect((process.memoryUsage().heapUsed - before) / count).toBeLessThan(1_000);
  expect(kept).toHaveLength(count);
});
