import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { builtPage } from './built-page.ts';
import { consoleBrowser, sees } from './open-console.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe-core finds, in light colours, then of contrasts in dark ones. `evaluate` runs it past the policy of the page, which
 * would refuse a script of others.
 */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const run = (options: object): Promise<string[]> =>
    page.evaluate(`axe.run(document, ${JSON.stringify(options)}).then(({ violations, passes }) => [
      ...violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' at ' + target + ': ' + failureSummary)),
      ...(passes.some(({ id }) => id === 'color-contrast') ? [] : ['no contrast was measured']),
    ])`);
  const light = await run({});
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await run({ runOnly: ['color-contrast'] });
  await page.emulateMedia({ colorScheme: 'light' });
  return [...light, ...dark];
}

const pages = [
  ...[
    'overview',
    'sites',
    'pools',
    'upstreams',
    'cache',
    'ftp',
    'things',
    'requests',
    'connections',
    'traces',
    'traces/t-3',
    'log',
  ],
  ...['config', 'deployments', 'certificates', 'users', 'audit', 'nothing'],
];

describe.skipIf(!hasPeer('chromium'))('the console, looked at by axe-core', () => {
  const open = consoleBrowser(builtPage());

  it('has no violation on any page, in light or dark', async () => {
    const { page, fake, faults } = await open({ colorScheme: 'light' });
    for (const name of pages) {
      await page.goto(`${fake.url}/#/${name}`);
      await page.locator('h1').waitFor();
      await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
      expect(await violations(page), name).toEqual([]);
    }
    expect(faults).toEqual([]);
  }, 120_000);

  it('has no violation where something is open or went wrong, in light or dark', async () => {
    const { page, fake } = await open({ colorScheme: 'light', user: null });
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use a token' }).click();
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await sees(page, 'wrong');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Token').fill('token-of-ada');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('The same as a table').click();
    expect(await violations(page)).toEqual([]);

    await page.goto(`${fake.url}/#/sites`);
    await page.getByLabel('URL').fill('/api/a');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByRole('button', { name: '/api' }).first().click();
    await sees(page, 'Not in effect for this request');
    expect(await violations(page)).toEqual([]);

    await page.goto(`${fake.url}/#/pools`);
    await page.getByRole('button', { name: 'Show the output of shop-api' }).click();
    await page.getByRole('button', { name: 'Start legacy' }).click();
    await sees(page, 'before it was ready.');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Stop shop-api' }).click();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await page.goto(`${fake.url}/#/config`);
    await page
      .getByRole('button', { name: /^Compare/ })
      .first()
      .click();
    await page.getByLabel('Text of the configuration').fill('workers: 0\n\tprox: a\n');
    await sees(page, 'a tab cannot indent');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Text of the configuration').fill('workers: 1\n');
    await sees(page, 'Valid');
    await page.getByRole('button', { name: 'Review and apply' }).click();
    expect(await violations(page)).toEqual([]);
  }, 120_000);

  it('can be used with the keyboard alone: to the content, to a page, to its first button', async () => {
    const { page } = await open();
    await page.locator('h1').waitFor();
    await page.keyboard.press('Tab');
    await expect.poll(() => page.locator('button:focus').textContent()).toContain('Skip to the content');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('h1:focus').count()).toBe(1);
    await page.getByRole('link', { name: 'Pools' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('h1:focus').textContent()).toBe('Pools');
    await page.getByRole('button', { name: 'Recycle shop-api' }).waitFor();
    await page.keyboard.press('Tab');
    await expect.poll(() => page.locator('button:focus').textContent()).toBe('Recycle shop-api');
  });

  it('follows the system in its colours, until the user has chosen', async () => {
    const { page } = await open({ colorScheme: 'dark' });
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    expect(await ground()).toBe('rgb(15, 18, 23)');
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await ground()).toBe('rgb(245, 246, 248)');
    const change = page.getByRole('button', { name: /^Colours:/ });
    await change.click();
    await change.click();
    expect(await ground()).toBe('rgb(15, 18, 23)');
    await page.reload();
    await page.getByRole('navigation').waitFor();
    expect(await ground()).toBe('rgb(15, 18, 23)');
  });

  it('has nothing that moves for somebody who does not want it', async () => {
    const { page, fake, context } = await open({ reducedMotion: 'reduce' });
    await sees(page, 'live');
    await context.setOffline(true);
    fake.events.cut();
    await page.locator('.lost').waitFor();
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  });
});
