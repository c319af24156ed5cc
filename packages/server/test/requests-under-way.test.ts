import { expect, it } from 'vitest';
import { bench, get, turns } from './talk.ts';

const nothing = (): void => undefined;

it('requestsUnderWay names the requests that are being answered, with their stage, and no others', async () => {
  const held: (() => void)[] = [];
  const { connect, server, clock } = bench(async ({ request, response }) => {
    if (request.path === '/stream')
      response.body = { length: null, start: nothing, pause: nothing, resume: nothing, cancel: nothing };
    else if (request.path === '/upload') response.body = await request.body.text();
    else if (request.path === '/wait') await new Promise<void>((resolve) => held.push(resolve));
    else response.body = 'ok';
  });
  const [streaming, uploading, waiting, idle] = [connect(), connect(), connect(), connect()];
  const startedAt = clock.now();
  await streaming.say(get('/stream'));
  await uploading.say('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na');
  await waiting.say(get('/wait'));
  await idle.say(get('/idle'));
  clock.advance(500);
  const told = () => server.requestsUnderWay.map(({ context, stage }) => [context.request.path, stage]);
  expect(told()).toEqual([
    ['/stream', 'answering'],
    ['/upload', 'receiving'],
    ['/wait', 'handling'],
  ]);
  expect(server.requestsUnderWay.every((each) => each.startedAt === startedAt)).toBe(true);
  await uploading.say('bc');
  held[0]!();
  await turns();
  expect(told()).toEqual([['/stream', 'answering']]);
  server.requestsUnderWay[0]!.context.abort(new Error('an administrator has ended it'));
  await turns();
  expect([told(), streaming.isClosed]).toEqual([[], true]);
});
