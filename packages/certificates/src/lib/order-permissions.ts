import type { Clock, Logger } from '@windhover/core';
import { Slots } from './slots.ts';

/** Says whether a certificate may be ordered for a name that nobody has named before. */
export type Permit = (name: string, signal: AbortSignal) => Promise<boolean>;

/** How long an answer holds. */
const permittedMs = 300_000;
const refusedMs = 60_000;
/** How many answers are remembered. */
const maxKnown = 10_000;
/** How many questions are under way: whoever answers them must not be flooded by strangers. */
const maxAsked = 16;

interface PermissionParts {
  readonly permit: Permit | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Asks for permissions to order, each once for a while: strangers choose how often they come. */
export class OrderPermissions {
  private readonly parts: PermissionParts;
  private readonly slots = new Slots(maxAsked);
  private readonly known = new Map<string, { readonly isPermitted: Promise<boolean>; readonly untilMs: number }>();

  constructor(parts: PermissionParts) {
    this.parts = parts;
  }

  /** Never rejects: what cannot be found out is not permitted. */
  ask(name: string): Promise<boolean> {
    const now = this.parts.clock.now();
    const known = this.known.get(name);
    if (known !== undefined && known.untilMs > now) return known.isPermitted;
    if (this.known.size >= maxKnown) this.known.clear();
    const isPermitted = this.askAnew(name);
    this.known.set(name, { isPermitted, untilMs: now + refusedMs });
    void isPermitted.then((may) => {
      if (may) this.known.set(name, { isPermitted, untilMs: now + permittedMs });
    });
    return isPermitted;
  }

  private async askAnew(name: string): Promise<boolean> {
    const { permit, signal, log } = this.parts;
    try {
      return permit === undefined ? false : await this.slots.run(() => permit(name, signal));
    } catch (error) {
      log.warn('Whether a certificate may be ordered cannot be found out', { name, error });
      return false;
    }
  }
}
