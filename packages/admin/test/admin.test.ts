import { runHandler } from '@windhover/testing';
import { expect, it } from 'vitest';
import { createAdminHandler } from '../src/index.ts';

const token = 'a-token-of-enough-letters';
const target = { overview: () => ({ version: '1' }) as never };

it('answers', async () => {
  const handler = createAdminHandler(target, { tokens: [{ name: 't', role: 'look', token }] });
  const got = await runHandler(handler, { url: '/api/v1/overview', headers: { Authorization: `Bearer ${token}` } });
  expect([got.status, got.text()]).toEqual([200, '{"version":"1"}']);
  expect((await runHandler(handler, { url: '/api/v1/overview' })).status).toBe(401);
  expect(
    (await runHandler(handler, { url: '/api/v1/sites', headers: { Authorization: `Bearer ${token}` } })).status,
  ).toBe(404);
  const open = await runHandler(handler, {
    url: '/api/v1/openapi.json',
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(open.status).toBe(200);
});
