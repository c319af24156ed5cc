import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupervisorStatus } from '../src/index.ts';
import { Child } from './child.ts';
import { makePrograms, type Programs, until } from './programs.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await makePrograms();
});
afterAll(() => programs.remove());

/** As root, which CI is, anybody may have a PID namespace: what is started in it is PID 1 there, as in a container. */
const canUnshare = process.platform === 'linux' && process.getuid?.() === 0;
const canExec = typeof (process as { execve?: unknown }).execve === 'function';

type Report = SupervisorStatus & { readonly outcome: string; readonly ppid: number };

async function startAsPid1(
  init: boolean,
): Promise<{ child: Child; pid: number; report: Report; ask(path: string): Promise<string> }> {
  const listen = { web: { host: '127.0.0.1', port: 0 } };
  const options = JSON.stringify({ worker: programs.worker, workers: 1, signals: true, listen, init });
  const isolate = ['--pid', '--fork', '--kill-child', '--mount-proc'];
  const child = new Child('unshare', [...isolate, process.execPath, programs.supervisor, options]);
  const report = JSON.parse(await child.line('STARTED')) as Report;
  const { port } = report.listen['web'] as { port: number };
  const outside = child.process.pid!;
  return {
    child,
    report,
    pid: Number(readFileSync(`/proc/${outside}/task/${outside}/children`, 'utf8')),
    ask: async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text(),
  };
}

describe.runIf(canUnshare)('PID 1', () => {
  it.each([false, true])('passes SIGTERM on, and ends as the supervisor does (with becomeInit(): %s)', async (init) => {
    const { child, pid } = await startAsPid1(init);
    process.kill(pid, 'SIGTERM');
    expect(await child.exited).toEqual([0, null]);
  });

  it.runIf(canExec)('reaps orphans after becomeInit()', async () => {
    const { child, pid, report, ask } = await startAsPid1(true);
    expect(report).toMatchObject({ outcome: 'not-needed', ppid: 1 });
    await ask('/orphans');
    await until(async () => Number(await ask('/sleeping')) > 0);
    await until(async () => Number(await ask('/sleeping')) === 0);
    await until(async () => Number(await ask('/zombies')) === 0);
    process.kill(pid, 'SIGTERM');
    expect(await child.exited).toEqual([0, null]);
    expect(child.output).not.toContain('PID 1');
  });

  it.runIf(canExec)('tells how the supervisor failed after becomeInit()', async () => {
    const options = JSON.stringify({ worker: '/nowhere.mjs', workers: 1, init: true });
    const child = new Child('unshare', [
      '--pid',
      '--fork',
      '--mount-proc',
      process.execPath,
      programs.supervisor,
      options,
    ]);
    expect(await child.line('FAILED')).toContain('SUPERVISOR_WORKER_FAILED');
    expect(await child.exited).toEqual([1, null]);
  });

  it.runIf(!canExec)('says that it cannot reap, where Node cannot be replaced', async () => {
    const { child, report, ask } = await startAsPid1(true);
    expect(report).toMatchObject({ outcome: 'unavailable', ppid: 0 });
    expect(child.output).toContain('use an init (docker run --init)');
    await ask('/orphans');
    await until(async () => Number(await ask('/zombies')) >= 10); // as the warning says
  });
});
