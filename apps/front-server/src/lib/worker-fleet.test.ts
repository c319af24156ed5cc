import { createLogSinks } from '@windhover/access-log';
import type { WorkerHandle } from '@windhover/supervisor';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { NoWorkerError, WorkerFleet } from './worker-fleet.ts';
import type { ConfigEdition, QuestionToWorker } from './worker-questions.ts';

const edition = (number: number): ConfigEdition => ({ number, file: 'w.yaml', snapshot: { texts: {}, found: {} } });

/** Workers that answer every question with `null`, except those that `withhold` names; and the fleet that asks them. */
function createFleet() {
  const workers: FakeWorker[] = [];
  const errors: string[] = [];
  const sinks = createLogSinks({ console: () => undefined });
  const fleet = new WorkerFleet(
    edition(1),
    sinks,
    () => workers,
    ({ message }) => errors.push(message),
  );
  const add = (): FakeWorker => {
    const worker = new FakeWorker(fleet, workers.length);
    workers.push(worker);
    fleet.hear({ tell: { kind: 'serving', number: 1, sites: [], secure: [] } }, worker);
    return worker;
  };
  return { fleet, errors, add };
}

class FakeWorker implements WorkerHandle {
  readonly generation = 1;
  readonly slot: number;
  readonly pid: number;
  state: WorkerHandle['state'] = 'ready';
  /** The kinds of questions that it was asked, with their number or reason. */
  readonly asked: string[] = [];
  withhold: QuestionToWorker['kind'] | null = null;
  readonly exited: Promise<void>;
  private end: () => void = () => undefined;
  private readonly fleet: WorkerFleet;

  constructor(fleet: WorkerFleet, slot: number) {
    this.fleet = fleet;
    this.slot = slot;
    this.pid = 100 + slot;
    this.exited = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  send(message: unknown): void {
    const { ask, question } = message as { ask: number; question: QuestionToWorker };
    this.asked.push(`${question.kind} ${detailOf(question)}`);
    if (question.kind !== this.withhold) queueMicrotask(() => this.fleet.hear({ answer: ask, value: null }, this));
  }

  kill(): void {
    this.state = 'exited';
    this.end();
  }
}

function detailOf(question: QuestionToWorker): number | string {
  if ('edition' in question) return question.edition.number;
  if ('number' in question) return question.number;
  return 'reason' in question ? question.reason : '';
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('WorkerFleet', () => {
  it('brings a worker that became ready during a switch to the new configuration', async () => {
    const { fleet, errors, add } = createFleet();
    const first = add();
    const switched = fleet.switchTo(edition(2), 1);
    const late = add(); // for instance in place of one that was killed
    await switched;
    await settled();
    expect(first.asked).toEqual(['prepare 2', 'commit 2']);
    expect(late.asked).toEqual(['prepare 2', 'commit 2']);
    expect(errors).toEqual([]);
  });

  it('switches without a worker that was killed meanwhile', async () => {
    const { fleet, add } = createFleet();
    const first = add();
    const killed = add();
    killed.withhold = 'prepare';
    const switched = fleet.switchTo(edition(2), 1);
    killed.kill();
    await switched;
    expect(first.asked).toEqual(['prepare 2', 'commit 2']);
  });

  it('tells a worker why a certificate is revoked, and asks none when the reason is unknown', async () => {
    const { fleet, add } = createFleet();
    const worker = add();
    await fleet.certificates({ action: 'revoke', name: 'a.example', reason: 'keyCompromise' });
    await fleet.certificates({ action: 'revoke', name: 'a.example' });
    await expect(fleet.certificates({ action: 'revoke', name: 'a.example', reason: 'other' })).rejects.toThrow(
      'as the reason, found "other"',
    );
    expect(worker.asked).toEqual(['revoke-certificate keyCompromise', 'revoke-certificate superseded']);
  });

  it('names the worker that hangs', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { fleet, add } = createFleet();
    add();
    add().withhold = 'prepare';
    const switched = expect(fleet.switchTo(edition(2), 1)).rejects.toThrow(
      'Worker 101 (slot 1) does not answer, it hangs: No answer came within 60000 ms',
    );
    await vi.advanceTimersByTimeAsync(60_000);
    await switched;
  });

  it('checks a configuration itself when no worker is ready', async () => {
    const { fleet } = createFleet();
    const texts = (text: string): ConfigEdition['snapshot'] => ({
      texts: { 'w.yaml': { file: 'w.yaml', text } },
      found: {},
    });
    expect(fleet.hasReady).toBe(false);
    const wrong = 'sites: { a: { routes: [{ path: /, static: ./missing }] } }';
    expect(await fleet.check({ ...edition(2), snapshot: texts(wrong) })).toContain('sites.a.routes[0].static');
    const right = 'sites: { a: { routes: [{ path: /, respond: 200 }] } }';
    expect(await fleet.check({ ...edition(2), snapshot: texts(right) })).toBe(null);
  });

  it('refuses a configuration that no worker survives', async () => {
    const { fleet, add } = createFleet();
    const only = add();
    only.withhold = 'prepare';
    const switched = fleet.switchTo(edition(2), 1);
    only.kill();
    await expect(switched).rejects.toThrow('It ended before it answered');
  });

  it('asks the next worker if one hangs or has ended, and says so if none is left', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { fleet, add } = createFleet();
    const [first, second] = [add(), add()];
    first.withhold = 'administer';
    const answer = fleet.administerOne({ ask: 'sites' }, 1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await answer).toBeNull();
    second.withhold = 'administer';
    const none = fleet.administerOne({ ask: 'sites' }, 1000).catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await none).toMatch(/slot 1\) does not answer, it hangs/);
    first.kill();
    second.kill();
    await expect(fleet.administerOne({ ask: 'sites' }, 1000)).rejects.toBeInstanceOf(NoWorkerError);
  });

  it('asks the named worker only', async () => {
    const { fleet, add } = createFleet();
    const [first, second] = [add(), add()];
    await fleet.administerOne({ ask: 'abort', id: 'x' }, 1000, '1.101');
    expect([first.asked, second.asked]).toEqual([[], ['administer ']]);
    await expect(fleet.administerOne({ ask: 'abort', id: 'x' }, 1000, '1.7')).rejects.toBeInstanceOf(NoWorkerError);
  });
});
