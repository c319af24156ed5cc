import { expect, it } from 'vitest';
import { bench, get, ok, turns } from './talk.ts';

const pause = (): void => undefined;

it('cutOlder() cuts streams and tunnels that began before, and leaves idle connections and younger ones alone', async () => {
  const { connect, server, clock, outcomes } = bench(({ request, response }) => {
    if (request.upgrade !== null) {
      response.status = 101;
      response.upgrade = (channel) => channel.resume();
    } else if (request.path === '/stream') {
      response.body = { length: null, start: () => undefined, pause, resume: pause, cancel: pause };
    } else response.body = request.path;
  });
  const [stream, tunnel, idle, young] = [connect(), connect(), connect(), connect()];
  await stream.say(get('/stream'));
  await tunnel.say(get('/tunnel', 'Connection: upgrade\r\nUpgrade: x\r\n'));
  await idle.say(get('/idle'));
  clock.advance(1000);
  const since = clock.now();
  await young.say(get('/stream'));
  expect(server.cutOlder(since)).toBe(2);
  await turns();
  expect([stream.isClosed, tunnel.hasEnded, young.isClosed]).toEqual([true, true, false]);
  expect(outcomes.map(({ end }) => end)).toEqual(expect.arrayContaining(['shutdown', 'upgraded']));
  expect(await idle.say(get('/idle'))).toBe(ok('/idle'));
  expect(server.cutOlder(since)).toBe(0);
});
