import { describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { builtPage } from './built-page.ts';
import { logLineAt, sampleAt } from './fake/fake-traffic.ts';
import { consoleBrowser, type OpenedConsole, sees } from './open-console.ts';

/** Sends samples of every two seconds from `from` on, and waits until the page has drawn the last. */
async function live({ page, fake }: OpenedConsole, from: number, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const at = from + index * 2000;
    fake.events.send('stats', sampleAt(at, fake.state.random));
    fake.events.send('log', logLineAt(at, index));
    if (index % 20 === 19) await new Promise((resolve) => setImmediate(resolve));
  }
  const last = { ...sampleAt(from + count * 2000, fake.state.random), requests: from % 9973 };
  fake.events.send('stats', last);
  await sees(page, `${new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 }).format(from % 9973)}/s`);
}

describe.skipIf(!hasPeer('chromium'))('an hour of live plots', () => {
  const open = consoleBrowser(builtPage());

  it('leaves no element, no listener and no memory behind', async () => {
    const opened = await open({ at: 'log' });
    const { page, context } = opened;
    await sees(page, 'live');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.locator('.plot canvas').first().waitFor();
    const session = await context.newCDPSession(page);
    const measure = async () => {
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
      return { usedSize, nodes, jsEventListeners };
    };
    const start = Date.now() + 10_000;
    await live(opened, start, 1000); // the window and the log are full
    const before = await measure();
    await live(opened, start + 1001 * 2000, 3600);
    const after = await measure();
    expect(after.nodes).toBeLessThanOrEqual(before.nodes + 20);
    expect(after.jsEventListeners).toBeLessThanOrEqual(before.jsEventListeners + 5);
    expect(after.usedSize).toBeLessThan(before.usedSize * 1.15 + 500_000);
    expect(opened.faults).toEqual([]);
  }, 120_000);

  it('leaves nothing behind when pages are opened again and again', async () => {
    const opened = await open();
    const { page, context } = opened;
    await sees(page, 'live');
    const session = await context.newCDPSession(page);
    const round = async () => {
      for (const name of ['Log', 'Sites', 'Configuration', 'Overview']) {
        await page.getByRole('link', { name, exact: true }).click();
        await page.getByRole('heading', { name, level: 1 }).waitFor();
        await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
      }
      await page.locator('.plot canvas').first().waitFor();
    };
    const count = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return session.send('Memory.getDOMCounters');
    };
    await round();
    await round();
    const before = await count();
    for (let index = 0; index < 10; index++) await round();
    const after = await count();
    expect(after.nodes).toBeLessThanOrEqual(before.nodes * 1.1 + 50);
    expect(after.jsEventListeners).toBeLessThanOrEqual(before.jsEventListeners + 20);
  }, 120_000);
});
