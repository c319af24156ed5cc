/** A value that the instances of one place of the configuration share, over reloads. */
interface Shared<T> {
  readonly value: T;
  holders: number;
}

/** One instance's share of a value. */
export interface Share<T> {
  readonly value: T;
  /** Call it when the configuration is in use, or is given up. Further calls do nothing. */
  settle(): void;
  /** Call it when the configuration is disposed of. */
  release(): void;
}

/**
 * Values by place of the configuration, such as the counter of a route's limit: the same place gets the same value after
 * a reload, whatever its options are then. A place may occur several times in one configuration: two routes with one
 * path and different methods. Those that are being made count from 0, so each gets a value of its own.
 */
export class SharedPlaces<T> {
  private readonly values = new Map<string, Shared<T>>();
  /** How many instances of a place are being made. */
  private readonly unsettled = new Map<string, number>();

  /** @param open makes the value of a place that has none */
  take(place: string, open: () => T): Share<T> {
    const index = this.unsettled.get(place) ?? 0;
    this.unsettled.set(place, index + 1);
    const key = `${place} ${index}`;
    const shared = this.values.get(key) ?? { value: open(), holders: 0 };
    this.values.set(key, shared);
    shared.holders += 1;
    let isSettled = false;
    const settle = (): void => {
      if (isSettled) return;
      isSettled = true;
      const left = this.unsettled.get(place)! - 1;
      if (left === 0) this.unsettled.delete(place);
      else this.unsettled.set(place, left);
    };
    const release = (): void => {
      settle();
      shared.holders -= 1;
      if (shared.holders === 0) this.values.delete(key);
    };
    return { value: shared.value, settle, release };
  }
}
