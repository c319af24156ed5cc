import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUpstreams, reverseProxy } from '../src/index.ts';
import { ask, type Front, setUpProxies, startHandler, until } from './proxy-fixtures.ts';

setUpProxies();

const program = `
  const server = require('node:http').createServer((request, response) => response.end(process.argv[1]));
  server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log(server.address().port));`;

interface Process {
  readonly child: ChildProcess;
  readonly port: number;
}

async function start(name: string, port = 0): Promise<Process> {
  const child = spawn(process.execPath, ['-e', program, name, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, port: Number(String(line)) };
}

/** Clients that ask one request after another, until they are told to stop. */
class Load {
  readonly statuses = new Map<number, number>();
  readonly texts = new Map<string, number>();
  private isOver = false;
  private readonly clients: Promise<void>[];

  constructor(front: Front, count: number) {
    this.clients = Array.from({ length: count }, () => this.run(front));
  }

  seen(text: string): number {
    return this.texts.get(text) ?? 0;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.clients);
  }

  private async run(front: Front): Promise<void> {
    while (!this.isOver) {
      const { status, text } = await ask(front.url);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      this.texts.set(text, this.seen(text) + 1);
    }
  }
}

describe('upstreams under load', () => {
  it('that are killed, stopped and started again cause no error that clients see', async () => {
    const [a, b] = [await start('a'), await start('b')];
    const upstreams = createUpstreams([`http://127.0.0.1:${a.port}`, `http://127.0.0.1:${b.port}`], {
      retry: { attempts: 3, perTryMs: 300, budget: 1 }, // all clients may be at the server that goes
      health: { everyMs: 100, timeoutMs: 300, fall: 1, rise: 1 },
      restMs: 100,
    });
    onTestFinished(() => upstreams.close());
    void upstreams.start();
    const front = await startHandler(reverseProxy(upstreams, { connectTimeoutMs: 500 }));
    const load = new Load(front, 8);
    const more = (name: string): Promise<void> => {
      const before = load.seen(name);
      return until(() => load.seen(name) > before + 20);
    };
    await more('a');
    await more('b');
    a.child.kill('SIGKILL');
    await once(a.child, 'exit');
    await more('b');
    await start('a', a.port);
    await more('a');
    b.child.kill('SIGSTOP'); // it accepts connections, and answers nothing
    await more('a');
    b.child.kill('SIGCONT');
    await more('b');
    await load.stop();
    expect([...load.statuses.keys()]).toEqual([200]);
  });
});
