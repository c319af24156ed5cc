import { describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { builtPage } from './built-page.ts';
import { sampleAt } from './fake/fake-traffic.ts';
import { consoleBrowser, logIn, sees } from './open-console.ts';

describe.skipIf(!hasPeer('chromium'))('the console, in Chromium', () => {
  const open = consoleBrowser(builtPage());

  it('logs in by name and password, says why not, and shows the page that was asked for', async () => {
    const { page, faults } = await open({ user: null, at: 'pools' });
    await logIn(page, 'ada', 'wrong');
    await sees(page, 'The name or the password is wrong');
    await logIn(page, 'ada');
    await page.getByRole('heading', { name: 'Pools', level: 1 }).waitFor();
    expect(faults).toEqual([]);
  });

  it('logs in with a token', async () => {
    const { page } = await open({ user: null });
    await page.getByRole('button', { name: 'Use a token' }).click();
    await page.getByLabel('Token').fill('token-of-grace');
    await page.getByRole('button', { name: 'Log in' }).click();
    await sees(page, 'grace operate');
  });

  it('is still logged in after a reload, and not after a log-out', async () => {
    const { page } = await open();
    await page.reload();
    await page.getByRole('navigation').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password').waitFor();
    await page.reload();
    await page.getByLabel('Password').waitFor();
  });

  it('leads to the log-in when the session has ended, and back to the page', async () => {
    const { page, fake } = await open({ at: 'sites' });
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    fake.endSessions();
    await sees(page, 'Your session has ended');
    await logIn(page, 'ada');
    await page.getByRole('heading', { name: 'Sites', level: 1 }).waitFor();
  });

  it('tells that the connection is lost, comes back by itself, and has what was missed', async () => {
    const { page, fake, context } = await open();
    await sees(page, 'live');
    await context.setOffline(true);
    fake.events.cut();
    await sees(page, 'Connection lost');
    const missed = { ...sampleAt(Date.now(), fake.state.random), requests: 4321 };
    fake.state.samples.push(missed);
    await context.setOffline(false);
    await sees(page, '4,321/s');
    await sees(page, 'live');
  });

  it('lets go of its connection a minute after it was hidden, and has what was missed when it is seen again', async () => {
    const { page, fake } = await open();
    await page.clock.install();
    await sees(page, 'live');
    const hide = (isHidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await hide(true);
    await page.clock.fastForward(59_000);
    await hide(false);
    await hide(true);
    await page.clock.fastForward(59_000);
    expect(fake.events.count).toBe(1);
    await page.clock.fastForward(2000);
    await expect.poll(() => fake.events.count).toBe(0);
    fake.state.samples.push({ ...sampleAt(Date.now(), fake.state.random), requests: 4321 });
    await hide(false);
    await expect.poll(() => fake.events.count).toBe(1);
    await page.clock.runFor(1000);
    await sees(page, '4,321/s');
  });

  it('plots what the server tells, live', async () => {
    const { page, fake } = await open();
    await page.locator('.plot canvas').first().waitFor();
    expect(await page.locator('.plot canvas').count()).toBe(6);
    await sees(page, 'live');
    fake.events.send('stats', { ...sampleAt(Date.now() + 1000, fake.state.random), requests: 1234, p99: 56 });
    await sees(page, '1,234/s');
    await sees(page, '56 ms');
  });

  it('moves the focus to the heading of the page that navigation opens, and names it in the title', async () => {
    const { page } = await open();
    await page.getByRole('link', { name: 'Pools' }).click();
    await page.getByRole('heading', { name: 'Pools', level: 1 }).waitFor();
    await expect.poll(() => page.locator('h1:focus').textContent()).toBe('Pools');
    await expect.poll(() => page.title()).toBe('Pools · web-01 · Windhover');
  });

  it('shows sites, routes and layers, and explains a request', async () => {
    const { page } = await open({ at: 'sites' });
    await page.getByRole('button', { name: '/api' }).click();
    await sees(page, 'how many requests a client may make in a time');
    await page.getByLabel('URL').fill('https://shop.example.com/api/products');
    await page.getByRole('button', { name: 'Explain' }).click();
    await sees(page, 'passes it on to shop, unless rateLimit answers 429');
  });

  it('recycles a pool, and stops one only after a question that the keyboard can answer', async () => {
    const { page, fake } = await open({ at: 'pools', user: 'grace' });
    await page.getByRole('button', { name: 'Recycle shop-api' }).click();
    await sees(page, 'shop-api is recycled');
    expect(await page.locator('button:focus').textContent()).toBe('Recycle shop-api');
    await sees(page, '#3');
    const stop = page.getByRole('button', { name: 'Stop shop-api' });
    await stop.click();
    await page.getByRole('dialog', { name: 'Stop shop-api?' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog[open]').count()).toBe(0);
    await expect.poll(() => page.locator('button:focus').textContent()).toContain('Stop');
    expect(fake.calls).not.toContain('POST /pools/shop-api/stop');
    await stop.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
    await sees(page, 'shop-api is stopped');
  });

  it('says beside a pool why it could not be started', async () => {
    const { page } = await open({ at: 'pools' });
    await page.getByRole('button', { name: 'Start legacy' }).click();
    await sees(page, 'It ended with code 1 before it was ready');
  });

  it('says where it happened that something could not be read, keeps what it has, and tries again', async () => {
    const { page } = await open();
    const problem = { status: 503, title: 'No worker has answered', code: 'ADMIN_NOT_NOW' };
    const refuse = () =>
      page.route('**/api/v1/pools', (route) => route.fulfill({ status: 503, body: JSON.stringify(problem) }));
    await refuse();
    await page.getByRole('link', { name: 'Pools' }).click();
    await sees(page, 'No worker has answered.');
    await page.unroute('**/api/v1/pools');
    await page.getByRole('button', { name: 'Try again' }).click();
    await sees(page, 'shop-api');
    await refuse();
    await sees(page, 'No worker has answered.');
    await sees(page, 'shop-api');
    await page.unroute('**/api/v1/pools');
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  });

  it.each(['upstreams', 'cache', 'things', 'traces', 'deployments', 'certificates'])(
    'offers nothing on %s to somebody who may only look',
    async (at) => {
      const { page } = await open({ at, user: 'lin' });
      await page.locator('main .card').first().waitFor();
      expect(await page.locator('main').getByRole('button').count()).toBe(0);
      expect(await page.locator('main form').count()).toBe(0);
    },
  );

  it('offers nothing that the role may not do', async () => {
    const { page } = await open({ at: 'pools', user: 'lin' });
    await sees(page, 'shop-api');
    expect(await page.locator('main').getByRole('button').allTextContents()).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining('Show the output')),
    );
  });
});
