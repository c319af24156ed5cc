import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { builtPage } from './built-page.ts';
import { consoleBrowser, sees } from './open-console.ts';

const pages =
  'overview sites pools upstreams cache ftp things requests traces log config deployments certificates users audit'.split(
    ' ',
  );

/** How far tables reach beyond what holds them, in pixels, by their captions. */
const measureTables = `[...document.querySelectorAll('table')].flatMap((table) => {
  const beyond = table.scrollWidth - (table.closest('.table-scroll') ?? table.parentElement).clientWidth;
  return beyond > 0 ? [table.caption?.textContent + ': ' + beyond + ' px'] : [];
})`;
const tooWide = (page: Page): Promise<string[]> => page.evaluate<string[]>(measureTables);

/** The pixels between the focus frame of the heading and the line below. */
const measureHeading = `(() => {
  const [heading, lead] = [document.querySelector('h1'), document.querySelector('.lead')];
  const { outlineOffset, outlineWidth, outlineStyle } = getComputedStyle(heading);
  const frame = outlineStyle === 'none' ? 0 : parseFloat(outlineOffset) + parseFloat(outlineWidth);
  return lead.getBoundingClientRect().top - heading.getBoundingClientRect().bottom - frame;
})()`;

describe.skipIf(!hasPeer('chromium'))('tables of the console on a screen of 1280 pixels, in Chromium', () => {
  const open = consoleBrowser(builtPage());

  it('fit into their cards, on every page', async () => {
    const { page, fake } = await open();
    await page.setViewportSize({ width: 1280, height: 800 });
    fake.state.audit.unshift({
      ...fake.state.audit[0]!,
      ...{ user: 'token of this machine', client: '2001:db8:85a3:8d3:1319:8a2e:370:7348' },
      ...{ action: 'POST /things/{kind}/{name}/{action}', target: 'upstream shop-with-a-long-name drain' },
      detail: 'The role does not allow this: it takes the role `configure`, and yours is `look`',
    });
    const found: Record<string, string[]> = {};
    for (const name of pages) {
      await page.goto(`${fake.url}/#/${name}`);
      await page.locator(`nav a[aria-current="page"][href="#/${name}"]`).waitFor();
      await page.locator('main .card:visible, main .empty:visible, main pre:visible').first().waitFor();
      await expect.poll(() => page.locator('main .loading').count()).toBe(0);
      const wide = await tooWide(page);
      if (wide.length > 0) found[name] = wide;
    }
    expect(found).toEqual({});
  });

  it('fit after a server is drained', async () => {
    const { page } = await open({ at: 'upstreams', user: 'grace' });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('button', { name: 'Drain 10.0.0.5:3000', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await sees(page, '10.0.0.5:3000 is draining');
    await page.getByRole('button', { name: 'Take back 10.0.0.5:3000' }).waitFor();
    expect(await tooWide(page)).toEqual([]);
  });

  it('leave the focus frame of a heading above the line below it', async () => {
    const { page } = await open({ at: 'audit' });
    await page.locator('nav a[href="#/log"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('h1:focus').waitFor();
    const room = await page.evaluate<number>(measureHeading);
    expect(room).toBeGreaterThanOrEqual(1);
  });
});
