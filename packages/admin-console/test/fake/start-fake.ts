import { createServer } from '@windhover/server';
import { createConsoleHandler } from '../../src/index.ts';
import { createFakeApi, type FakeApi } from './fake-api.ts';
import { logLineAt, sampleAt } from './fake-traffic.ts';

/** The console before the fake API, at an address of this machine. */
export interface Fake extends FakeApi {
  readonly url: string;
  close(): Promise<void>;
}

export async function startFake(folder?: string): Promise<Fake> {
  const api = createFakeApi();
  const page = createConsoleHandler(folder === undefined ? {} : { folder });
  const server = createServer((context) =>
    context.request.path.startsWith('/api/') ? api.handler(context) : page(context),
  );
  const { name } = await server.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 0) });
  const close = async () => {
    api.events.cut();
    await server.close();
  };
  return Object.assign(api, { url: `http://${name}`, close });
}

/** Sends what happens, each two seconds, for somebody who looks at the page. */
export function keepGoing({ state, events }: FakeApi): () => void {
  let count = 0;
  const timer = setInterval(() => {
    const now = Date.now();
    const sample = sampleAt(now, state.random);
    state.samples.push(sample);
    state.samples.splice(0, state.samples.length - 450);
    events.send('stats', sample);
    events.send('log', logLineAt(now, count++));
  }, 2000);
  return () => clearInterval(timer);
}
