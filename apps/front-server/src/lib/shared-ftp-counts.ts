import type { Logger, WorkerBus } from '@windhover/core/feature';
import type { FtpCounts, FtpSharing } from '@windhover/ftp';
import { type CountAnswer, type CountMessage, ftpCountedTopic, ftpCountTopic, ftpFailureTopic } from './ftp-topics.ts';

/** How long the supervisor may take to count, in milliseconds: without it everything is let in. */
const answerMs = 5000;

/** Lets the supervisor count for all workers, and tells them of logins that fail. */
export function sharedFtpCounts(bus: WorkerBus, log: Pick<Logger, 'warn'>): Omit<FtpSharing, 'name'> {
  return {
    counts: new SupervisorCounts(bus, log),
    tellFailure: (address) => bus.publish(ftpFailureTopic, address),
    onFailure: (listener) => void bus.subscribe(ftpFailureTopic, (address) => listener(String(address))),
  };
}

class SupervisorCounts implements FtpCounts {
  private readonly bus: WorkerBus;
  private readonly log: Pick<Logger, 'warn'>;
  private readonly waiting = new Map<number, (value: boolean) => void>();
  private lastId = 0;

  constructor(bus: WorkerBus, log: Pick<Logger, 'warn'>) {
    this.bus = bus;
    this.log = log;
    bus.subscribe(ftpCountedTopic, (message) => {
      const { id, value } = message as CountAnswer;
      this.waiting.get(id)?.(value);
    });
  }

  add(key: string, amount: number, max: number): Promise<boolean> {
    return this.ask((id) => ({ is: 'add', id, key, amount, max }));
  }

  remove(key: string, amount: number): void {
    this.tell({ is: 'remove', key, amount });
  }

  async hold(key: string, measure: () => Promise<number>): Promise<void> {
    if (await this.ask((id) => ({ is: 'hold', id, key }))) return;
    this.tell({ is: 'measured', key, value: await measure() });
  }

  release(key: string, isStale: boolean): void {
    this.tell({ is: 'release', key, isStale });
  }

  private tell(message: CountMessage): void {
    this.bus.publish(ftpCountTopic, message);
  }

  private ask(question: (id: number) => CountMessage): Promise<boolean> {
    const id = ++this.lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.log.warn('The supervisor does not count sessions and quotas of FTP: they are not limited');
        settle(true);
      }, answerMs);
      const settle = (value: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(value);
      };
      this.waiting.set(id, settle);
      this.tell(question(id));
    });
  }
}
