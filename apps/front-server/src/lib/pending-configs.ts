import { formatProblems } from '@windhover/config';
import type { PreparedFrontConfig, RefusedConfig } from './front-server.ts';

/** The configurations of a worker that wait for the decision of the supervisor, by number. */
export class PendingConfigs {
  private readonly prepared = new Map<number, Promise<PreparedFrontConfig>>();

  /** Resolves when a configuration is ready to be used. Rejects with what is wrong with it. */
  async prepare(number: number, preparing: Promise<PreparedFrontConfig | RefusedConfig>): Promise<void> {
    const usable = preparing.then(orThrow);
    this.prepared.set(number, usable);
    try {
      await usable;
    } catch (error) {
      if (this.prepared.get(number) === usable) this.prepared.delete(number);
      throw error;
    }
  }

  /** Switches to a configuration that is ready. Rejects if there is none of that number. */
  async commit(number: number): Promise<void> {
    const usable = this.prepared.get(number);
    if (usable === undefined) throw new Error(`Configuration ${number} is not prepared`);
    this.prepared.delete(number);
    (await usable).commit();
  }

  /**
   * Lets go of a configuration, also of one that is still being prepared: the supervisor may have waited too long for it, and an undecided
   * configuration would hold up all later ones.
   */
  async abandon(number: number): Promise<void> {
    const usable = this.prepared.get(number);
    this.prepared.delete(number);
    const prepared = await usable?.catch(() => undefined); // whoever prepares it is told
    await prepared?.abandon();
  }

  async abandonAll(): Promise<void> {
    await Promise.all([...this.prepared.keys()].map((number) => this.abandon(number)));
  }
}

function orThrow(prepared: PreparedFrontConfig | RefusedConfig): PreparedFrontConfig {
  if (!prepared.ok) throw new Error(formatProblems(prepared.problems).trimEnd());
  return prepared;
}
