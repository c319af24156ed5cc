import type { SupervisedWorker } from '@windhover/supervisor/worker';
import type { TicketKeyState, TicketKeys } from '@windhover/transport';
import type { Settings } from './settings.ts';

/** What a worker asks the supervisor. */
const question = 'tickets';

/** How long a supervisor that is busy may take. Without its keys, a worker would have its own. */
const answerMs = 10_000;

/** Whether the application is served over TLS. */
export function isSecure({ tlsCert, https }: Settings): boolean {
  return tlsCert !== undefined || https === true;
}

/** The keys of session tickets that all workers have. Answers their questions with `reply`. */
export class WorkerTickets {
  private keys: Promise<TicketKeys> | null = null;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  async answer(message: unknown, reply: (state: TicketKeyState) => void): Promise<void> {
    if (message !== question) return;
    this.keys ??= import('@windhover/transport').then(({ createTicketKeys }) => createTicketKeys(this.now()));
    reply((await this.keys).stateAt(this.now()));
  }
}

/** Asks the supervisor for the keys. Rejects if no answer comes. */
export async function askForTickets(worker: Pick<SupervisedWorker, 'send' | 'onMessage'>): Promise<TicketKeys> {
  const { ticketKeysOf } = await import('@windhover/transport');
  const state = await new Promise<unknown>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('The supervisor has not said the keys of TLS tickets')), answerMs);
    worker.onMessage((message) => {
      clearTimeout(late);
      resolve(message);
    });
    worker.send(question);
  });
  return ticketKeysOf(state as TicketKeyState);
}
