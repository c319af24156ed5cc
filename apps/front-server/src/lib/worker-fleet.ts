import type { LocalLogSinks } from '@windhover/access-log';
import { systemClock } from '@windhover/core';
import type { MetricsSnapshot } from '@windhover/metrics';
import type { Supervisor, WorkerHandle } from '@windhover/supervisor';
import { createTicketKeys } from '@windhover/transport';
import type { AdministratorQuestion } from './admin/answer-administrator.ts';
import type { SaidLine } from './admin/log-tee.ts';
import { LogWriters } from './log-writers.ts';
import { type ActionResult, type SavedChanges, savedKey, type ThingAction } from './managed-things.ts';
import { NoAnswerError, Peer } from './peer.ts';
import { toRevocationReason } from './revocation-reasons.ts';
import { WorkerMetrics } from './worker-metrics.ts';
import type {
  ConfigEdition,
  FirstEdition,
  Published,
  QuestionToSupervisor,
  QuestionToWorker,
  ToldBySupervised,
} from './worker-questions.ts';

/** How long a worker may take to prepare a configuration: it may have to open a lot. */
const prepareMs = 60_000;
/** How long one may take to switch, or to count. */
const switchMs = 10_000;
const collectMs = 2000;
/** How long one may take to order a certificate in place of one that is revoked. */
const revokeMs = 110_000;

/** What one of the workers says. */
export type WorkerAnswer = { readonly worker: string } & ({ readonly value: unknown } | { readonly error: Error });

type SupervisorPeer = Peer<QuestionToSupervisor, ToldBySupervised>;

/** The facts that a worker tells of the configuration it serves. */
export type Serving = Extract<ToldBySupervised, { readonly kind: 'serving' }>;

/** No worker is ready. */
export class NoWorkerError extends Error {
  constructor() {
    super('No worker is ready');
  }
}

/** The workers, and the configuration that each of them serves. */
export class WorkerFleet {
  /** What the worker that said so last serves. */
  serving: Serving | null = null;
  /** Hears the lines of the workers' logs. */
  onSaid: (line: SaidLine) => void = () => undefined;
  /** Resolves when a worker has said for the first time what it serves. */
  readonly firstServing: Promise<void>;
  private tellServing: () => void = () => undefined;
  private readonly peers = new Map<WorkerHandle, SupervisorPeer>();
  private readonly logs: LogWriters;
  private readonly metrics = new WorkerMetrics();
  private readonly workersOf: () => Supervisor['workers'];
  /** The configuration for a worker of each generation of code. */
  private readonly editions = new Map<number, ConfigEdition>();
  private current: ConfigEdition;
  /** What administrators have changed. */
  private changes: SavedChanges = {};
  private readonly tickets = createTicketKeys(systemClock.now());
  /** The number of the configuration that each worker has said it serves. */
  private readonly served = new Map<WorkerHandle, number>();
  private readonly catchingUp = new Set<WorkerHandle>();
  private readonly onError: (error: Error) => void;
  private readonly takes: (published: Published, worker: WorkerHandle) => boolean;

  /** @param takes hears first what workers publish; `true`: it is meant for no other worker */
  constructor(
    first: ConfigEdition,
    sinks: LocalLogSinks,
    workersOf: () => Supervisor['workers'],
    onError: (error: Error) => void,
    takes: (published: Published, worker: WorkerHandle) => boolean = () => false,
  ) {
    this.firstServing = new Promise((resolve) => {
      this.tellServing = resolve;
    });
    this.current = first;
    this.logs = new LogWriters(sinks);
    this.workersOf = workersOf;
    this.onError = onError;
    this.takes = takes;
  }

  /** Takes a message of a worker. */
  hear(message: unknown, worker: WorkerHandle): void {
    this.peerOf(worker).hear(message);
  }

  /** Tells a worker what it would hear of another one. */
  publish(worker: WorkerHandle, published: Published): void {
    if (worker.state !== 'exited') this.peerOf(worker).tell(published);
  }

  /**
   * Describes what a worker finds wrong with a configuration; `null`: nothing. If no worker is ready this process looks, which
   * then has to load all features.
   */
  async check(edition: ConfigEdition): Promise<string | null> {
    const [worker] = this.ready;
    if (worker !== undefined) return (await this.ask(worker, { kind: 'check', edition }, prepareMs)) as string | null;
    const { configProblems } = await import('./config-problems.ts');
    return configProblems(edition);
  }

  /** Whether a worker can prepare a configuration. */
  get hasReady(): boolean {
    return this.ready.length > 0;
  }

  /** Lets every worker prepare a configuration, then all switch or none. Rejects with what the first one found wrong. */
  async switchTo(edition: ConfigEdition, generation: number): Promise<void> {
    const workers = this.ready;
    const { number } = edition;
    const prepared = await Promise.allSettled(
      workers.map((each) => this.ask(each, { kind: 'prepare', edition }, prepareMs)),
    );
    // A worker that was killed meanwhile is no reason to refuse: the one that replaces it gets the new configuration.
    const alive = workers.filter(({ state }) => state !== 'exited');
    const judged = alive.length === 0 ? workers : alive;
    const failed = prepared.find(({ status }, index) => status === 'rejected' && judged.includes(workers[index]!));
    if (failed !== undefined) {
      await Promise.allSettled(workers.map((each) => this.ask(each, { kind: 'abandon', number }, switchMs)));
      throw (failed as PromiseRejectedResult).reason;
    }
    this.use(edition, generation, alive);
    await Promise.all(alive.map((each) => this.commit(each, number)));
  }

  /** Workers of this generation that start from now on get the configuration. */
  plan(edition: ConfigEdition, generation: number): void {
    this.editions.set(generation, edition);
  }

  /**
   * The configuration takes effect. A worker that became ready while the others prepared it catches up.
   *
   * @param prepared workers that are told to switch by the caller
   */
  use(edition: ConfigEdition, generation: number, prepared: readonly WorkerHandle[] = []): void {
    this.current = edition;
    this.editions.clear();
    this.editions.set(generation, edition);
    for (const worker of this.served.keys()) if (!prepared.includes(worker)) void this.catchUp(worker);
  }

  /** The numbers of each worker that answers in time, and the counts of all others. */
  async collect(): Promise<readonly MetricsSnapshot[]> {
    const workers = this.ready;
    const asked = workers.map(async (worker) => {
      const snapshot = (await this.ask(worker, { kind: 'collect' }, collectMs)) as MetricsSnapshot;
      if (worker.state !== 'exited') this.metrics.take(worker, snapshot);
    });
    const answers = await Promise.allSettled(asked);
    return this.metrics.of(workers.filter((_, index) => answers[index]!.status === 'fulfilled'));
  }

  /** Asks every worker that is ready. Of those that do not answer in time, or refuse, the answer is an error. */
  async administer(question: AdministratorQuestion): Promise<readonly WorkerAnswer[]> {
    const workers = this.ready;
    const asked = workers.map((each) => this.ask(each, { kind: 'administer', question }, collectMs));
    const answers = await Promise.allSettled(asked);
    return answers.map((each, index) => ({
      worker: nameOf(workers[index]!),
      ...(each.status === 'fulfilled' ? { value: each.value } : { error: each.reason as Error }),
    }));
  }

  /** Lets every worker do it. What it changes holds for workers that start later too. */
  async act(action: ThingAction): Promise<ActionResult> {
    const asked = this.ready;
    const answers = await this.administer({ ask: 'act', action });
    const results = answers.flatMap((each) => ('value' in each ? [each.value as ActionResult] : []));
    const [first] = results;
    if (first === undefined) return { is: 'refused', message: 'No worker answers' };
    const failed = results.find(({ is }) => is !== 'done');
    const done = results.find((each) => each.is === 'done');
    if (done !== undefined && done.saved !== null) this.changes = { ...this.changes, [savedKey(action)]: done.saved };
    for (const worker of this.ready) if (!asked.includes(worker)) void this.restore(worker); // they began meanwhile
    return failed ?? results.find((each) => each.is === 'done' && each.value !== null) ?? first;
  }

  /**
   * Asks one worker, and the next one if that has ended meanwhile or hangs. Rejects with what it says, or if none is ready.
   *
   * @param only the name of a worker, as in `WorkerAnswer`. Default: any
   */
  async administerOne(question: AdministratorQuestion, timeoutMs: number, only?: string): Promise<unknown> {
    let failure: unknown = null;
    for (const worker of this.ready) {
      if (only !== undefined && only !== nameOf(worker)) continue;
      try {
        return await this.ask(worker, { kind: 'administer', question }, timeoutMs);
      } catch (error) {
        if (worker.state !== 'exited' && !isHanging(error)) throw error;
        failure = error;
      }
    }
    throw isHanging(failure) ? failure : new NoWorkerError();
  }

  /** Answers the command `certs`, by one of the workers. Rejects with its reason. */
  async certificates({ action, name, reason }: Readonly<Record<string, unknown>>): Promise<unknown> {
    const [worker] = this.ready;
    if (worker === undefined) throw new Error('No worker is ready');
    if (action !== 'revoke') return this.ask(worker, { kind: 'certificates' }, switchMs);
    return this.ask(
      worker,
      { kind: 'revoke-certificate', name: String(name), reason: toRevocationReason(reason) },
      revokeMs,
    );
  }

  /** A worker took the changes when it asked for its configuration; since then there may have been others. */
  private async restore(worker: WorkerHandle): Promise<void> {
    const { changes } = this;
    if (Object.keys(changes).length === 0) return;
    try {
      await this.ask(worker, { kind: 'administer', question: { ask: 'restore', changes } }, switchMs);
    } catch (error) {
      if (worker.state !== 'exited') this.onError(error as Error);
    }
  }

  private get ready(): readonly WorkerHandle[] {
    return this.workersOf().filter(({ state }) => state === 'ready');
  }

  private editionOf({ generation }: WorkerHandle): ConfigEdition {
    return this.editions.get(generation) ?? this.current;
  }

  /** One that does not switch is told, and stays with what it has: its clients are served. */
  private async commit(worker: WorkerHandle, number: number): Promise<void> {
    try {
      await this.ask(worker, { kind: 'commit', number }, switchMs);
    } catch (error) {
      if (worker.state !== 'exited')
        this.onError(new Error(`Worker ${worker.pid} did not switch: ${(error as Error).message}`));
    }
  }

  /** A worker that began before the last switch gets what it has missed. */
  private async catchUp(worker: WorkerHandle): Promise<void> {
    if (this.catchingUp.has(worker)) return; // it looks again when it is done
    this.catchingUp.add(worker);
    try {
      while (this.isBehind(worker)) await this.bring(worker, this.editionOf(worker));
    } catch (error) {
      if (worker.state !== 'exited') this.onError(error as Error);
    } finally {
      this.catchingUp.delete(worker);
    }
  }

  private isBehind(worker: WorkerHandle): boolean {
    const isLeaving = worker.state === 'stopping' || worker.state === 'exited';
    return !isLeaving && (this.served.get(worker) ?? Number.POSITIVE_INFINITY) < this.editionOf(worker).number;
  }

  private async bring(worker: WorkerHandle, edition: ConfigEdition): Promise<void> {
    const { number } = edition;
    try {
      await this.ask(worker, { kind: 'prepare', edition }, prepareMs);
      await this.ask(worker, { kind: 'commit', number }, switchMs);
      this.served.set(worker, number);
    } catch (error) {
      await this.ask(worker, { kind: 'abandon', number }, switchMs).catch(() => undefined); // the first error is told
      throw error;
    }
  }

  /** Rejects with the worker's own words. One that does not answer is named: somebody should look at it. */
  private async ask(worker: WorkerHandle, question: QuestionToWorker, timeoutMs: number): Promise<unknown> {
    try {
      return await this.peerOf(worker).ask(question, timeoutMs);
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      const place = `Worker ${worker.pid ?? 'that has ended'} (slot ${worker.slot})`;
      throw new Error(`${place} does not answer, it hangs: ${error.message}`, { cause: error });
    }
  }

  private peerOf(worker: WorkerHandle): SupervisorPeer {
    const existing = this.peers.get(worker);
    if (existing !== undefined) return existing;
    const peer: SupervisorPeer = new Peer(
      (message) => worker.send(message),
      (question) => this.answer(question, worker),
      (told) => this.told(told, worker),
    );
    this.peers.set(worker, peer);
    void worker.exited.then(() => {
      this.peers.delete(worker);
      this.served.delete(worker);
      this.metrics.end(worker);
      peer.close();
    });
    return peer;
  }

  private answer(question: QuestionToSupervisor, worker: WorkerHandle): unknown {
    if (question.kind === 'edition')
      return {
        ...this.editionOf(worker),
        changes: this.changes,
        tickets: this.tickets.stateAt(systemClock.now()),
      } satisfies FirstEdition;
    if (question.kind === 'last-metrics') return this.metrics.take(worker, question.snapshot);
    return question.kind === 'flush-log'
      ? this.logs.flush(worker, question.log)
      : this.logs.close(worker, question.log);
  }

  /** Those that only finish their work too: what they still have is purged as well. */
  private pass(published: Published, from: WorkerHandle): void {
    for (const worker of this.workersOf())
      if (worker !== from && worker.state !== 'exited') this.peerOf(worker).tell(published);
  }

  private told(told: ToldBySupervised, worker: WorkerHandle): void {
    if (told.kind === 'said') this.onSaid(told.line);
    else if (told.kind === 'open-log') this.logs.openFor(worker, told.log, told.target);
    else if (told.kind === 'log') this.logs.write(worker, told.log, told.text);
    else if (told.kind === 'published') {
      if (!this.takes(told, worker)) this.pass(told, worker);
    } else {
      this.serving = told;
      this.served.set(worker, told.number);
      void this.restore(worker);
      this.tellServing();
      void this.catchUp(worker);
    }
  }
}

/** A worker that replaces another one has another name. */
function nameOf({ slot, pid }: WorkerHandle): string {
  return `${slot}.${pid}`;
}

/** Whether somebody did not answer in time. */
export function isHanging(error: unknown): boolean {
  return (error as Error | null)?.cause instanceof NoAnswerError;
}
