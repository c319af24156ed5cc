import { expect, it } from 'vitest';
import { curl, startServer, startUpstream } from './front-server-fixtures.ts';

it('as many requests run as are allowed, the next ones wait, and the rest is told when to come again', async () => {
  const waiting: (() => void)[] = [];
  const upstream = await startUpstream((_request, response) => void waiting.push(() => response.end('done')));
  const { url } = await startServer(`
concurrency: { max: 1, queue: 1, retryAfter: 3s }
sites: { a: { routes: [{ path: /, proxy: "http://127.0.0.1:${upstream.port}" }] } }`);
  const answers = [curl(url), curl(url), curl(url)].map((answer) =>
    answer.then((each) => {
      if (each.status !== 200) waiting.shift()!(); // all three have arrived: let the first one end
      return each;
    }),
  );
  const refused = await Promise.race(answers);
  expect([refused.status, refused.head]).toEqual([503, expect.stringContaining('retry-after: 3')]);
  await expect.poll(() => waiting.length).toBe(1);
  waiting.shift()!();
  expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([200, 200, 503]);
});
