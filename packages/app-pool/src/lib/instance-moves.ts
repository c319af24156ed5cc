import type { PoolAction, PoolInstance } from './pool-instance.ts';

/** A process gets this much of the shutdown limit for itself, in milliseconds: its requests may take the rest. */
const endingMs = 5000;

/** Moves instances from one stage to the next, and collects what is to be done for it. */
export class InstanceMoves {
  private actions: PoolAction[] = [];

  /** Everything since the last call. */
  take(): readonly PoolAction[] {
    const { actions } = this;
    this.actions = [];
    return actions;
  }

  spawn(id: number, now: number, startupMs: number): PoolInstance {
    this.actions.push({ do: 'spawn', id });
    const times = { startedAt: now, readyAt: null, deadline: now + startupMs, killAt: Number.POSITIVE_INFINITY };
    return { id, stage: 'starting', requests: 0, replacedFor: null, isKilled: false, ...times };
  }

  tell(level: 'info' | 'warn' | 'error', message: string): void {
    this.actions.push({ do: 'tell', level, message });
  }

  /** Another one will take its place. */
  replace(instance: PoolInstance, why: string): void {
    if (!isServing(instance) || instance.replacedFor !== null) return;
    instance.replacedFor = why;
    this.tell('info', `An instance is replaced: ${why}`);
  }

  /** It gets no more requests, and ends after those that it has. */
  leave(instance: PoolInstance, now: number, shutdownMs: number, why: string): void {
    if (!isServing(instance)) return;
    instance.replacedFor ??= why;
    instance.killAt = now + shutdownMs;
    if (instance.stage === 'starting') this.end(instance, why);
    else {
      instance.stage = 'draining';
      instance.deadline = instance.killAt - Math.min(endingMs, shutdownMs / 5);
      this.actions.push({ do: 'drain', id: instance.id });
    }
  }

  end(instance: PoolInstance, why: string): void {
    instance.stage = 'ending';
    instance.deadline = instance.killAt;
    this.actions.push({ do: 'end', id: instance.id, why });
  }

  kill(instance: PoolInstance, why: string): void {
    if (instance.isKilled) return;
    instance.isKilled = true;
    this.actions.push({ do: 'kill', id: instance.id, why });
  }
}

/** Whether it gets requests, or will get them. */
export function isServing({ stage }: Pick<PoolInstance, 'stage'>): boolean {
  return stage === 'starting' || stage === 'ready';
}
