import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { builtPage } from './built-page.ts';
import { fakeConfigText } from './fake/fake-config.ts';
import { logLineAt } from './fake/fake-traffic.ts';
import { consoleBrowser, logIn, sees } from './open-console.ts';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

describe.skipIf(!hasPeer('chromium'))('the pages of the console, in Chromium', () => {
  const open = consoleBrowser(builtPage());

  it('drains a server of an upstream, takes it back, and weighs it', async () => {
    const { page, fake } = await open({ at: 'upstreams', user: 'grace' });
    await button(page, 'Drain 10.0.0.5:3000').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await sees(page, '10.0.0.5:3000 is draining');
    await button(page, 'Take back 10.0.0.5:3000').click();
    await sees(page, '10.0.0.5:3000 gets requests again');
    await page.getByLabel('Weight of 10.0.0.6:3000').fill('5');
    await button(page, 'Set the weight of 10.0.0.6:3000').click();
    await sees(page, '10.0.0.6:3000 has the weight 5');
    expect(fake.calls.filter((call) => call.includes('/things/'))).toEqual(
      ['drain', 'undrain', 'weight'].map((action) => `POST /things/upstream/shop/${action}`),
    );
  });

  it('purges a cache by URL at once, and as a whole after a question', async () => {
    const { page, fake } = await open({ at: 'cache', user: 'grace' });
    await sees(page, '95.3 %');
    await page.getByLabel('URL', { exact: true }).fill('https://shop.example.com/a');
    await button(page, 'Purge').click();
    await sees(page, 'https://shop.example.com/a is purged');
    await page.getByLabel('What to purge').selectOption('all');
    await button(page, 'Purge').click();
    await button(page, 'Purge everything').click();
    await sees(page, 'default is purged');
    expect(fake.calls.filter((call) => call.endsWith('/purge')).length).toBe(2);
  });

  it('shows what a plugin has as it is, and runs its actions with arguments', async () => {
    const { page, fake } = await open({ at: 'things', user: 'grace' });
    await sees(page, '/var/lib/geoip/country.mmdb');
    await page.getByLabel('Arguments for actions of database').fill('{ "force": ');
    await button(page, 'update database').click();
    await sees(page, 'The arguments are not JSON');
    await page.getByLabel('Arguments for actions of database').fill('{ "force": true }');
    await button(page, 'update database').click();
    await page.getByRole('dialog').getByRole('button', { name: 'update' }).click();
    await sees(page, 'update of database is done');
    expect(fake.calls).toContain('POST /things/acme.geoip/database/update');
  });

  it('shows requests under way, the filter and the pause', async () => {
    const { page, fake } = await open({ at: 'requests' });
    await sees(page, '3 requests');
    await page.getByLabel('Filter by method').fill('import');
    await sees(page, '1 request');
    await page.getByLabel('Filter by method').fill('');
    await button(page, 'Pause').click();
    fake.state.requests.length = 0;
    await sees(page, '3 requests');
    await button(page, 'Go on').click();
    await sees(page, 'Nothing is under way');
  });

  it('ends a request after a question, and says if it was over before', async () => {
    const { page, fake } = await open({ at: 'requests', user: 'grace' });
    await button(page, 'End POST /api/import').click();
    await button(page, 'End it').click();
    await sees(page, 'POST /api/import is ended');
    await sees(page, '2 requests');
    await button(page, 'End GET /live').click();
    fake.state.requests.length = 0;
    await button(page, 'End it').click();
    await sees(page, 'There is no such thing');
  });

  it('shows connections, and closes one after a question', async () => {
    const { page, fake } = await open({ at: 'connections', user: 'grace' });
    await sees(page, '2 connections');
    await page.getByLabel('Filter by client').fill('idle');
    await sees(page, '1 connection');
    await page.getByLabel('Filter by client').fill('');
    await button(page, 'Close 203.0.113.24:50112').click();
    await sees(page, 'It breaks off 2 requests.');
    await button(page, 'Close it').click();
    await sees(page, 'The connection of 203.0.113.24:50112 is closed');
    await sees(page, '1 connection');
    expect(fake.calls).toContain('POST /connections/c-1/close');
  });

  it('shows sessions of FTP, and ends one after a question', async () => {
    const { page, fake } = await open({ at: 'ftp', user: 'grace' });
    await sees(page, '/backups/monday.tar.gz');
    await button(page, 'End ada, 203.0.113.9:40112').click();
    await button(page, 'End it').click();
    await sees(page, 'The session of ada, 203.0.113.9:40112 is ended');
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
    expect(fake.calls).toContain('POST /things/ftp/*:21/end');
  });

  it('shows a trace as a waterfall, and gives it as JSON', async () => {
    const { page } = await open({ at: 'traces' });
    await page.getByRole('link', { name: 'POST shop.example.com/api/orders' }).click();
    await sees(page, 'threw PROXY_UPSTREAM_RESET');
    expect(await page.locator('.waterfall').count()).toBe(5);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as JSON' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('trace-t-3.json');
    expect(JSON.parse(readFileSync(await file.path(), 'utf8'))).toMatchObject({ id: 't-3', status: 502 });
  });

  it('shows a trace that has just been kept, and forgets all after a question', async () => {
    const { page, fake } = await open({ at: 'traces' });
    await sees(page, '/api/products');
    await sees(page, 'live');
    const { steps, events, requestHeaders, responseHeaders, ...summary } = {
      ...fake.state.traces[0]!,
      id: 't-9',
      url: '/fresh',
    };
    fake.state.traces.unshift({ ...fake.state.traces[0]!, ...summary });
    fake.events.send('trace', summary);
    await sees(page, '/fresh');
    await page.getByLabel('Filter by URL').fill('fresh');
    await expect.poll(() => page.locator('main tbody tr').count()).toBe(1);
    await page.getByLabel('Filter by URL').fill('');
    await button(page, 'Forget all').click();
    await button(page, 'Forget').click();
    await sees(page, 'No traces');
  });

  it('follows the log, filters it, and stops while it is paused', async () => {
    const { page, fake } = await open({ at: 'log' });
    await sees(page, 'PaymentError');
    await sees(page, 'live');
    fake.events.send('log', { ...logLineAt(Date.now(), 0), message: 'Something new' });
    await sees(page, 'Something new');
    await page.getByLabel('Level').selectOption('error');
    await expect.poll(() => page.locator('.log-line:not(.error)').count()).toBe(0);
    await page.getByLabel('Level').selectOption('debug');
    await page.getByLabel('Source').selectOption('reports');
    await expect.poll(() => page.locator('main').textContent()).not.toContain('PaymentError');
    await page.getByLabel('Source').selectOption('*');
    await page.getByLabel('Search in the log').fill('something NEW');
    await expect.poll(() => page.locator('.log-line').count()).toBe(1);
    await button(page, 'Pause').click();
    fake.events.send('log', { ...logLineAt(Date.now(), 0), message: 'Something new again' });
    await sees(page, 'Go on (1 new)');
    expect(await page.locator('.log-line').count()).toBe(1);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => page.locator('.log-line').count()).toBe(2);
  });

  it('stays at the end of the log, until the user scrolls up to read', async () => {
    const { page, fake } = await open({ at: 'log' });
    await sees(page, 'live');
    const log = page.getByLabel('Lines of the log');
    const top = () => log.evaluate((element) => (element as unknown as { scrollTop: number }).scrollTop);
    const say = async (message: string) => {
      fake.events.send('log', { ...logLineAt(Date.now(), 0), message });
      await sees(page, message);
    };
    const before = await top();
    await say('one more');
    expect(await top()).toBeGreaterThan(before);
    await log.evaluate((element) => (element as unknown as { scrollTo(x: number, y: number): void }).scrollTo(0, 100));
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
    await say('and another');
    expect(await top()).toBe(100);
  });

  it('tells how long certificates are valid, and what went wrong', async () => {
    const { page } = await open({ at: 'certificates' });
    await sees(page, /6[01] days left/);
    await sees(page, 'expired');
    await sees(page, 'the challenge was answered 404');
    expect(await page.getByTitle(/^good until .* of http:\/\/ocsp\.example\.com$/).textContent()).toBe('OCSP answer');
    await sees(page, 'OCSP answer missing');
    await sees(page, 'the responder answered 503');
  });

  it('makes a version of a ZIP, and switches to it', async () => {
    const { page, fake } = await open({ at: 'deployments' });
    await page
      .getByLabel('ZIP for shop')
      .setInputFiles({ name: 'shop.zip', mimeType: 'application/zip', buffer: Buffer.from('PK') });
    await page.getByLabel('switch to it at once').first().uncheck();
    await button(page, 'Upload a version of shop').click();
    await sees(page, 'shop.zip is a version of shop now');
    expect(fake.state.deployments[0]!.current).not.toBe('upload-4');
    await button(page, 'Switch to it upload-4').click();
    await button(page, 'Switch').click();
    await sees(page, 'shop is upload-4 now');
    expect(fake.state.deployments[0]!.current).toBe('upload-4');
  });

  it('says why a ZIP was refused', async () => {
    const { page } = await open({ at: 'deployments' });
    await page
      .getByLabel('ZIP for docs')
      .setInputFiles({ name: 'docs.zip', mimeType: 'application/zip', buffer: Buffer.alloc(0) });
    await button(page, 'Upload a version of docs').click();
    await sees(page, 'The archive is empty');
  });

  it('shows users with what they may, and the audit', async () => {
    const { page } = await open({ at: 'users' });
    await sees(page, 'also changes the configuration and deploys');
    await page.getByRole('link', { name: 'Audit' }).click();
    await sees(page, 'needs the role configure');
    await page.getByLabel('Search in the audit').fill('grace');
    await expect.poll(() => page.locator('main tbody tr').count()).toBe(1);
  });

  it('has no page for what the role may not see', async () => {
    const { page } = await open({ at: 'config', user: 'grace' });
    await sees(page, 'There is no such page');
    const names = await page.getByRole('navigation').getByRole('link').allTextContents();
    expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/Configuration|Users|Audit/)]));
    expect(names.length).toBe(13);
  });
});

describe.skipIf(!hasPeer('chromium'))('the console of a server that has less, in Chromium', () => {
  const open = consoleBrowser(builtPage());

  it('has pages of that alone', async () => {
    const { page, fake } = await open({ user: null, at: '' });
    fake.areas = ['sites', 'things'];
    await logIn(page, 'ada');
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    expect(await page.getByRole('heading').allTextContents()).not.toContain('What becomes of a request?');
    expect(fake.events.count).toBe(0);
    expect(await page.getByRole('navigation').getByRole('link').allTextContents()).toEqual([
      ...['Sites', 'Upstreams', 'Cache', 'FTP', 'Limits and more', 'Users and roles', 'Audit'],
    ]);
  });
});

describe.skipIf(!hasPeer('chromium'))('the editor of the configuration, in Chromium', () => {
  const open = consoleBrowser(builtPage());

  it('tells mistakes while they are typed, and leads to their lines', async () => {
    const { page } = await open({ at: 'config' });
    const field = page.getByLabel('Text of the configuration');
    await field.fill(fakeConfigText.replace('        proxy: shop', '        prox: shop'));
    await sees(page, 'did you mean proxy?');
    await expect.poll(() => page.locator('.editor-line.wrong .editor-number').allTextContents()).toEqual(['24']);
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await button(page, 'Review and apply').isDisabled()).toBe(true);
    await button(page, 'Line 24').click();
    const start = await field.evaluate((element) => (element as unknown as { selectionStart: number }).selectionStart);
    expect(fakeConfigText.slice(0, start).split('\n').length).toBe(24);
  });

  it('shows the difference, applies it with a note, and goes back', async () => {
    const { page, fake } = await open({ at: 'config' });
    const field = page.getByLabel('Text of the configuration');
    await field.fill(fakeConfigText.replace('workers: 2', 'workers: 4'));
    await sees(page, 'Valid, with 1 warning');
    await button(page, 'Review and apply').click();
    await expect.poll(() => page.locator('.diff .added code').textContent()).toBe('added: workers: 4');
    expect(await page.locator('.diff .removed code').textContent()).toBe('removed: workers: 2');
    await page.getByLabel('Note for the history').fill('more cores');
    await button(page, 'Apply').click();
    await sees(page, 'Edition 8 is in effect');
    await expect.poll(() => page.locator('h1:focus').textContent()).toBe('Configuration');
    expect(fake.state.config.text).toContain('workers: 4');
    await sees(page, 'more cores');
    await sees(page, 'Unchanged');
    await page
      .getByRole('button', { name: /^Go back/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Go back' }).click();
    await expect.poll(() => fake.state.config.text).toBe(fakeConfigText);
    await expect.poll(() => field.inputValue()).toBe(fakeConfigText);
  });

  it('keeps what was typed while other pages are looked at', async () => {
    const { page } = await open({ at: 'config' });
    await page.getByLabel('Text of the configuration').fill('workers: 3\n');
    await page.getByRole('link', { name: 'Log' }).click();
    await page.getByRole('heading', { name: 'Log', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Configuration' }).click();
    await expect.poll(() => page.getByLabel('Text of the configuration').inputValue()).toBe('workers: 3\n');
    await button(page, 'Discard').click();
    await expect.poll(() => page.getByLabel('Text of the configuration').inputValue()).toBe(fakeConfigText);
  });

  it('keeps what was typed through a session that ends, and forgets it when the user logs out', async () => {
    const { page, fake } = await open({ at: 'config' });
    const field = page.getByLabel('Text of the configuration');
    await field.fill('workers: 3\n');
    fake.endSessions();
    await sees(page, 'Your session has ended');
    await logIn(page, 'ada');
    await expect.poll(() => field.inputValue()).toBe('workers: 3\n');
    await button(page, 'Log out').click();
    await page.getByLabel('Password').waitFor();
    await logIn(page, 'ada');
    await expect.poll(() => field.inputValue()).toBe(fakeConfigText);
  });

  it('does not overwrite what somebody else has written meanwhile', async () => {
    const { page, fake } = await open({ at: 'config' });
    await page.getByLabel('Text of the configuration').fill(fakeConfigText.replace('workers: 2', 'workers: 4'));
    await sees(page, 'Valid');
    await button(page, 'Review and apply').click();
    fake.state.config.text = fakeConfigText.replace('workers: 2', 'workers: 8');
    await button(page, 'Apply').click();
    await sees(page, 'The file has changed since it was read');
    await button(page, 'Cancel').click();
    await sees(page, 'Somebody has changed the file since you began');
    expect(fake.state.config.text).toContain('workers: 8');
  });

  it('begins a new line like the one before, and the tab key moves on', async () => {
    const { page } = await open({ at: 'config' });
    const field = page.getByLabel('Text of the configuration');
    await field.fill('sites:\n  shop:');
    await field.press('End');
    await field.press('Enter');
    await page.keyboard.type('hosts: []');
    expect(await field.inputValue()).toBe('sites:\n  shop:\n  hosts: []');
    await field.press('Tab');
    await expect.poll(() => page.locator('textarea:focus').count()).toBe(0);
  });

  it('only shows a configuration that cannot be changed here, and says why', async () => {
    const { page, fake } = await open({ user: 'ada' });
    fake.state.config.readOnly = 'it is a module';
    await page.getByRole('link', { name: 'Configuration' }).click();
    await sees(page, 'It cannot be changed here: it is a module');
    expect(await page.getByLabel('Text of the configuration').isEditable()).toBe(false);
    expect(await button(page, 'Review and apply').count()).toBe(0);
  });
});
