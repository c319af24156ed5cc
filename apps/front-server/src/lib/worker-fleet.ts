import type { LocalLogSinks } from '@windhover/access-log';
import type { MetricsSnapshot } from '@windhover/metrics';
import type { Supervisor, WorkerHandle } from '@windhover/supervisor';
import { LogWriters } from './log-writers.ts';
import { Peer } from './peer.ts';
import type { ConfigEdition, QuestionToSupervisor, QuestionToWorker, ToldBySupervised } from './worker-questions.ts';

/** How long a worker may take to prepare a configuration: it may have to open a lot. */
const prepareMs = 60_000;
/** How long one may take to switch, or to count. */
const switchMs = 10_000;
const collectMs = 2000;

type SupervisorPeer = Peer<QuestionToSupervisor, ToldBySupervised>;

/** The facts that a worker tells of the configuration it serves. */
export type Serving = Extract<ToldBySupervised, { readonly kind: 'serving' }>;

/** The workers, and the configuration that each of them serves. */
export class WorkerFleet {
  /** What the worker that said so last serves. */
  serving: Serving | null = null;
  /** Resolves when a worker has said for the first time what it serves. */
  readonly firstServing: Promise<void>;
  private tellServing: () => void = () => undefined;
  private readonly peers = new Map<WorkerHandle, SupervisorPeer>();
  private readonly logs: LogWriters;
  private readonly workersOf: () => Supervisor['workers'];
  /** The configuration for a worker of each generation of code. */
  private readonly editions = new Map<number, ConfigEdition>();
  private current: ConfigEdition;
  private readonly onError: (error: Error) => void;

  constructor(
    first: ConfigEdition,
    sinks: LocalLogSinks,
    workersOf: () => Supervisor['workers'],
    onError: (error: Error) => void,
  ) {
    this.firstServing = new Promise((resolve) => {
      this.tellServing = resolve;
    });
    this.current = first;
    this.logs = new LogWriters(sinks);
    this.workersOf = workersOf;
    this.onError = onError;
  }

  /** Takes a message of a worker. */
  hear(message: unknown, worker: WorkerHandle): void {
    this.peerOf(worker).hear(message);
  }

  /** Describes what a worker finds wrong with a configuration; `null`: nothing, or there is no worker to ask. */
  async check(edition: ConfigEdition): Promise<string | null> {
    const [worker] = this.ready;
    return worker === undefined
      ? null
      : ((await this.ask(worker, { kind: 'check', edition }, prepareMs)) as string | null);
  }

  /** Lets every worker prepare a configuration, then all switch or none. Rejects with what the first one found wrong. */
  async switchTo(edition: ConfigEdition, generation: number): Promise<void> {
    const workers = this.ready;
    const { number } = edition;
    const prepared = await Promise.allSettled(
      workers.map((each) => this.ask(each, { kind: 'prepare', edition }, prepareMs)),
    );
    const failed = prepared.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    if (failed !== undefined) {
      await Promise.allSettled(workers.map((each) => this.ask(each, { kind: 'abandon', number }, switchMs)));
      throw failed.reason;
    }
    this.use(edition, generation);
    await Promise.all(workers.map((each) => this.commit(each, number)));
  }

  /** Workers of this generation that start from now on get the configuration. */
  plan(edition: ConfigEdition, generation: number): void {
    this.editions.set(generation, edition);
  }

  /** The configuration takes effect: every worker that serves another one of the same generation catches up. */
  use(edition: ConfigEdition, generation: number): void {
    this.current = edition;
    this.editions.clear();
    this.editions.set(generation, edition);
  }

  /** The numbers of each worker that answers in time. */
  async collect(): Promise<readonly MetricsSnapshot[]> {
    const asked = this.ready.map((worker) => this.ask(worker, { kind: 'collect' }, collectMs));
    const answers = await Promise.allSettled(asked);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value as MetricsSnapshot] : []));
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
    const edition = this.editionOf(worker);
    try {
      await this.ask(worker, { kind: 'prepare', edition }, prepareMs);
      await this.ask(worker, { kind: 'commit', number: edition.number }, switchMs);
    } catch (error) {
      if (worker.state !== 'exited') this.onError(error as Error);
    }
  }

  private ask(worker: WorkerHandle, question: QuestionToWorker, timeoutMs: number): Promise<unknown> {
    return this.peerOf(worker).ask(question, timeoutMs);
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
      peer.close();
    });
    return peer;
  }

  private answer(question: QuestionToSupervisor, worker: WorkerHandle): unknown {
    if (question.kind === 'edition') return this.editionOf(worker);
    return question.kind === 'flush-log'
      ? this.logs.flush(worker, question.log)
      : this.logs.close(worker, question.log);
  }

  private told(told: ToldBySupervised, worker: WorkerHandle): void {
    if (told.kind === 'open-log') this.logs.openFor(worker, told.log, told.target);
    else if (told.kind === 'log') this.logs.write(worker, told.log, told.text);
    else {
      this.serving = told;
      this.tellServing();
      if (told.number < this.editionOf(worker).number) void this.catchUp(worker);
    }
  }
}
