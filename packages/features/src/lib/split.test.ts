import { runHandler } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { handlerOf } from './feature-fixtures.ts';

const site = (route: string): string => `sites: { a: { routes: [{ path: /, ${route} }] } }\n`;

describe('split', () => {
  it('sends shares of the requests different ways', async () => {
    const handler = await handlerOf(site('split: [{ weight: 3, respond: old }, { weight: 1, respond: new }]'));
    let fresh = 0;
    for (let round = 0; round < 400; round++) if ((await runHandler(handler, '/')).text() === 'new') fresh += 1;
    expect(fresh).toBeGreaterThan(50);
    expect(fresh).toBeLessThan(160);
  });

  it('sends requests with a header or a cookie one way, and keeps clients there', async () => {
    const to = '[{ weight: 1, respond: old }, { name: canary, when: { headers: { X-Canary: "1" } }, respond: new }]';
    const handler = await handlerOf(site(`split: { to: ${to}, cookie: way }`));
    const first = await runHandler(handler, '/');
    expect(first.headers.get('set-cookie')).toBe('way=1; Path=/; HttpOnly; SameSite=Lax');
    expect(
      (await runHandler(handler, { url: '/', headers: { Cookie: 'way=1' } })).headers.get('set-cookie'),
    ).toBeUndefined();
    const canary = await runHandler(handler, { url: '/', headers: { 'X-Canary': '1', Cookie: 'way=1' } });
    expect(canary.text()).toBe('new');
    expect((await runHandler(handler, { url: '/', headers: { 'X-Canary': '2' } })).text()).toBe('old');
  });

  it.each([
    ['[{ weight: 1, respond: a }]', /split/],
    ['[{ weight: 1, respond: a }, { weight: 1 }]', /a feature that answers/],
    ['[{ respond: a }, { respond: b }]', /`weight` above 0/],
  ])('says what is wrong with %s', async (options, message) => {
    await expect(handlerOf(site(`split: ${options}`))).rejects.toThrow(message);
  });
});

describe('mirror', () => {
  it('answers without waiting for the copy', async () => {
    const handler = await handlerOf(site('mirror: { respond: copied }, respond: hello'));
    expect((await runHandler(handler, { url: '/', method: 'POST', body: 'x' })).text()).toBe('hello');
    await expect(handlerOf(site('mirror: { share: 1 }, respond: hello'))).rejects.toThrow(/a feature that answers/);
  });
});
