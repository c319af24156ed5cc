import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { type Fake, startFake } from './fake/start-fake.ts';

interface OpenOptions {
  /** Logs in as this user; `null`: stays at the log-in. Default: `ada`, who may do everything. */
  readonly user?: 'ada' | 'grace' | 'lin' | null;
  /** The page that is opened. Default: `overview`. */
  readonly at?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce' | 'no-preference';
}

/** The console in Chromium, before a fake API. */
export interface OpenedConsole {
  readonly page: Page;
  readonly fake: Fake;
  readonly context: BrowserContext;
  /** Errors of scripts, and what the policy of the page has refused. */
  readonly faults: readonly string[];
}

/** One browser for the tests of a file. */
export function consoleBrowser(folder: string): (options?: OpenOptions) => Promise<OpenedConsole> {
  let browser: Browser;
  beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-gpu', '--js-flags=--expose-gc'];
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
  });
  afterAll(() => browser.close());
  return async ({ user = 'ada', at = 'overview', ...scheme } = {}) => {
    const fake = await startFake(folder);
    const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, ...scheme });
    onTestFinished(async () => {
      await context.close();
      await fake.close();
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(fake.url) && !/^(data|blob):/.test(request.url()))
        faults.push(`asked ${request.url()}`);
    });
    await page.goto(`${fake.url}/#/${at}`);
    if (user !== null) await logIn(page, user);
    return { page, fake, context, faults };
  };
}

export async function logIn(page: Page, user: string, password = 'secret'): Promise<void> {
  await page.getByLabel('Name').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  if (password === 'secret') await page.getByRole('navigation').waitFor();
}

/** Waits until the page shows the text. */
export async function sees(page: Page, text: string | RegExp): Promise<void> {
  await expect
    .poll(() => page.locator('body').textContent())
    .toMatch(typeof text === 'string' ? new RegExp(escaped(text)) : text);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
