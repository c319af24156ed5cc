import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, expect, it } from 'vitest';
import { bench, get, path, turns } from './talk.ts';

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function listen(name: string, told: string[], say: (message: never) => string): void {
  const listener = (message: unknown): void => void told.push(`${name} ${say(message as never)}`);
  subscribe(`windhover.server.${name}`, listener);
  cleanUps.push(() => unsubscribe(`windhover.server.${name}`, listener));
}

it('publishes what happens on diagnostics channels', async () => {
  const told: string[] = [];
  type Request = { context: { request: { path: string } } };
  listen('connection.opened', told, ({ connection }: { connection: { transport: string } }) => connection.transport);
  listen('connection.closed', told, ({ error }: { error?: Error }) => String(error?.message));
  listen('request.started', told, ({ context }: Request) => context.request.path);
  listen('request.ended', told, ({ context, outcome }: Request & { outcome: { status: number; end: string } }) =>
    [context.request.path, outcome.status, outcome.end].join(' '),
  );
  listen('protocol-error', told, ({ code, status }: { code: string; status: number }) => `${code} ${status}`);
  const client = bench(path).connect();
  await client.say(get('/one'));
  await client.say('nonsense\r\n\r\n');
  client.channel.end();
  await turns();
  expect(told).toEqual([
    'connection.opened memory',
    'request.started /one',
    'request.ended /one 200 complete',
    'protocol-error HTTP1_BAD_METHOD 400',
    'connection.closed undefined',
  ]);
});

it('publishes nothing, and listens to nothing, without a subscriber', async () => {
  let listeners = -1;
  const { connect } = bench((context) => {
    listeners = (context as unknown as { exchange: { sentListeners: unknown[] } }).exchange.sentListeners.length;
    return path(context);
  });
  await connect().say(get());
  expect(listeners).toBe(1); // the bench's own
});
