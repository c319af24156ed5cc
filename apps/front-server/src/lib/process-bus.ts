import type { Logger, WorkerBus } from '@windhover/core/feature';
import type { Published } from './worker-questions.ts';

type Listener = (message: unknown) => void;

/** Takes what features publish to the other workers, and gives them what those have published. */
export class ProcessBus implements WorkerBus {
  private readonly tell: (published: Published) => void;
  private readonly log: Pick<Logger, 'error'>;
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor(tell: (published: Published) => void, log: Pick<Logger, 'error'>) {
    this.tell = tell;
    this.log = log;
  }

  publish(topic: string, message: unknown): void {
    this.tell({ kind: 'published', topic, message });
  }

  subscribe(topic: string, listener: Listener): () => void {
    const own: Listener = (message) => listener(message); // so that one listener may subscribe twice
    const all = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, all.add(own));
    return () => {
      all.delete(own);
      if (all.size === 0 && this.listeners.get(topic) === all) this.listeners.delete(topic);
    };
  }

  /** Another worker has published. A listener that throws keeps the message from no other. */
  hear({ topic, message }: Published): void {
    for (const listener of [...(this.listeners.get(topic) ?? [])]) {
      try {
        listener(message);
      } catch (error) {
        this.log.error('A message of another worker could not be handled', { topic, error });
      }
    }
  }
}
