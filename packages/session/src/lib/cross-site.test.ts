import { checkedCompose, runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { type CrossSiteOptions, refuseCrossSite } from './cross-site.ts';

async function statusOf(headers: Record<string, string>, method = 'POST', options: CrossSiteOptions = {}) {
  const handler = checkedCompose([refuseCrossSite(options)], ({ response }) => void (response.body = 'done'));
  return (await runHandler(handler, { method, headers: { host: 'shop.example', ...headers } })).status;
}

describe('refuseCrossSite()', () => {
  it.each<[Record<string, string>, number]>([
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://shop.example' }, 200],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://blog.example' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site', origin: 'null' }, 403],
    [{ origin: 'https://shop.example' }, 200],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'https://shop.example.evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{}, 200],
  ])('a POST with %j gets %i', async (headers, status) => expect(await statusOf(headers)).toBe(status));

  it.each(['GET', 'HEAD', 'OPTIONS'])('lets %s pass: it changes nothing', async (method) => {
    expect(await statusOf({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, method)).toBe(200);
  });

  it('lets named origins pass, and the same site if asked', async () => {
    const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' };
    expect(await statusOf(cross, 'POST', { origins: ['https://app.example'] })).toBe(200);
    const sameSite = { 'sec-fetch-site': 'same-site', origin: 'https://app.shop.example' };
    expect(await statusOf(sameSite, 'POST', { allowsSameSite: true })).toBe(200);
  });

  it('refuses what is no origin', () => {
    expect(() => refuseCrossSite({ origins: ['app.example'] })).toThrow('an origin such as https://app.example.com');
  });
});
