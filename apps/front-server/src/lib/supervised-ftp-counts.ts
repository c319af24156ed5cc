import { CountTable } from '@windhover/ftp/counts';
import type { WorkerHandle } from '@windhover/supervisor';
import { type CountAnswer, type CountMessage, ftpCountedTopic, ftpCountTopic } from './ftp-topics.ts';
import type { Published } from './worker-questions.ts';

/** Counts sessions and bytes of FTP for all workers. */
export class SupervisedFtpCounts {
  private readonly table = new CountTable();
  private readonly workers = new Set<WorkerHandle>();
  private readonly tell: (worker: WorkerHandle, published: Published) => void;

  /** @param tell passes a message on to a worker */
  constructor(tell: (worker: WorkerHandle, published: Published) => void) {
    this.tell = tell;
  }

  /** Takes what a worker says, if it is about these counts. Returns whether it was. */
  hear({ topic, message }: Published, worker: WorkerHandle): boolean {
    if (topic !== ftpCountTopic) return false;
    this.follow(worker);
    this.count(message as CountMessage, worker);
    return true;
  }

  private count(message: CountMessage, worker: WorkerHandle): void {
    const { table } = this;
    const { key } = message;
    switch (message.is) {
      case 'add': {
        const { id, amount, max } = message;
        this.answer(worker, { id, value: table.add(key, amount, max, worker) });
        break;
      }
      case 'hold':
        this.answer(worker, { id: message.id, value: table.hold(key, Date.now(), worker) });
        break;
      case 'measured':
        table.measured(key, message.value, Date.now(), worker);
        break;
      case 'remove':
        table.remove(key, message.amount, worker);
        break;
      case 'release':
        table.release(key, message.isStale, worker);
        break;
    }
  }

  private answer(worker: WorkerHandle, message: CountAnswer): void {
    this.tell(worker, { kind: 'published', topic: ftpCountedTopic, message });
  }

  /** What a worker has counted goes with it. */
  private follow(worker: WorkerHandle): void {
    if (this.workers.has(worker)) return;
    this.workers.add(worker);
    void worker.exited.then(() => {
      this.workers.delete(worker);
      this.table.leave(worker);
    });
  }
}
