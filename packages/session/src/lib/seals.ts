import { Sealer } from './sealer.ts';

/** Sealers with the keys of a session, one for each purpose. Purposes are constants of programs, so they are few. */
export class Seals {
  private readonly keys: readonly string[];
  private readonly sealers = new Map<string, Sealer>();

  constructor(keys: readonly string[]) {
    this.keys = keys;
  }

  for(purpose: string): Sealer {
    let sealer = this.sealers.get(purpose);
    if (sealer === undefined) {
      sealer = new Sealer(this.keys, `own ${purpose}`);
      this.sealers.set(purpose, sealer);
    }
    return sealer;
  }
}
