import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeApp } from '../src/lib/describe-app.ts';
import { startApp } from './app-process.ts';

const folder = fileURLToPath(new URL('../', import.meta.url));
const readme = await readFile(join(folder, 'README.md'), 'utf8');
const apps = [...readme.matchAll(/```js app\n(.*?)```/gs)].map(([, code]) => code!);

describe('README', () => {
  it('shows what stands on the console', () => {
    const address = { host: 'localhost', port: 8080 };
    const settings = { app: 'app.mjs', limits: {} };
    expect(readme).toContain(
      `\`\`\`\n${describeApp({ version: '<version>', settings, address, workers: 0, readyMs: 92 })}\`\`\`\n`,
    );
  });

  it('shows every kind of application', () => {
    for (const kind of ['({ request, response })', 'listener: app', 'fastify: app', 'new Hono()', 'fetch: ', 'stop: '])
      expect(apps.join('')).toContain(kind);
  });

  it.each(apps)('has an application that runs:\n%s', async (code) => {
    const place = await mkdtemp(join(folder, 'dist', 'readme-')); // from here its imports are found
    onTestFinished(() => rm(place, { recursive: true }));
    const file = join(place, 'app.mjs');
    await writeFile(file, code);
    const app = await startApp(file);
    const answer = await fetch(app.url);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringMatching(/^Hello/)]);
    app.child.kill('SIGTERM');
    expect(await app.exited).toBe(0);
    if (code.includes('stop:')) expect(app.said()).toContain('Closed the database');
  });
});
