import { useEffect, useState } from 'preact/hooks';
import type { Store } from '../lib/store.ts';

/** The value of a store; the component is drawn again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState<T>(() => store.value);
  useEffect(() => {
    const update = (): void => setValue(() => store.value);
    update(); // it may have changed since
    return store.follow(update);
  }, [store]);
  return value;
}
