import { ownString } from '@windhover/core';

/**
 * Values by label, for labels that should come from a closed list, such as routes. A list that turns out to be open
 * must not fill the memory: labels beyond the limit share one value under `other`.
 */
export class KnownLabels<T> {
  private readonly values = new Map<string, T>();
  private readonly limit: number;
  private readonly make: (label: string) => T;

  constructor(limit: number, make: (label: string) => T) {
    this.limit = limit;
    this.make = make;
  }

  get(label: string): T {
    return this.values.get(label) ?? this.add(label);
  }

  private add(label: string): T {
    const name = this.values.size < this.limit ? ownString(label) : 'other';
    let value = this.values.get(name);
    if (value === undefined) {
      value = this.make(name);
      this.values.set(name, value);
    }
    return value;
  }
}
