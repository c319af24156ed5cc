import { auth, userKey } from '@windhover/auth';
import { compose, type HttpContext } from '@windhover/core';
import { createServer } from '@windhover/server';
import { expect, it, onTestFinished } from 'vitest';
import { negotiate } from '../src/index.ts';
import { encode, fakeKerberos } from '../src/lib/negotiate-fixtures.ts';
import { TestConnection } from './server-fixture.ts';

async function serve() {
  let now = 0;
  const scheme = negotiate({ kerberos: fakeKerberos, clock: { now: () => now }, bindMs: 1000 });
  const server = createServer(
    compose<HttpContext>([auth({ any: [scheme] })], (context) => {
      context.response.body = `${context.get(userKey)!.name} ${context.request.headers.get('authorization')}`;
    }),
  );
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const connect = (): TestConnection => {
    const connection = new TestConnection(port!);
    onTestFinished(() => connection.close());
    return connection;
  };
  return { connect, wait: (ms: number) => void (now += ms) };
}

it('takes a handshake of several steps on one connection, and not its second step on another', async () => {
  const { connect } = await serve();
  const [first, second] = [connect(), connect()];
  const step = { status: 401, challenge: `Negotiate ${encode('after more')}` };
  expect(await first.login(encode('more'))).toMatchObject(step);
  expect(await first.ask()).toMatchObject({ status: 401, challenge: 'Negotiate' }); // gives the handshake up
  expect(await first.login(encode('more'))).toMatchObject(step);
  expect(await second.login(encode('@X'))).toMatchObject({ status: 403 });
  expect(await first.login(encode('@X'))).toMatchObject({ status: 200, text: expect.stringMatching(/^more@X /) });
});

it('ends a handshake that does not end', async () => {
  const connection = (await serve()).connect();
  for (let step = 1; step < 5; step++)
    expect((await connection.login(encode('more'))).challenge).toBe(`Negotiate ${encode('after more')}`);
  expect(await connection.login(encode('more'))).toMatchObject({ status: 401, challenge: 'Negotiate' });
});

it('forgets the user of a connection after bindMs', async () => {
  const { connect, wait } = await serve();
  const connection = connect();
  await connection.login(encode('ada@X'));
  wait(999);
  expect(await connection.ask()).toMatchObject({ status: 200 });
  wait(1);
  expect(await connection.ask()).toMatchObject({ status: 401 });
});

it('shows caches and applications that a later request has a login too', async () => {
  const connection = (await serve()).connect();
  await connection.login(encode('ada@X'));
  expect(await connection.ask()).toMatchObject({ text: 'ada@X Negotiate' });
});
