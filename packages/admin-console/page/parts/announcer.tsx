import { useStore } from '../api/use-store.ts';
import { createStore } from '../lib/store.ts';

const message = createStore({ text: '', count: 0 });

/** Tells what was done, to eyes and to screen readers, until the next thing or some seconds later. */
export function say(text: string): void {
  const count = message.value.count + 1;
  message.set({ text, count });
  setTimeout(() => {
    if (message.value.count === count) message.set({ text: '', count });
  }, 6000);
}

export function Announcer() {
  const { text } = useStore(message);
  return (
    <div class="announcer" role="status">
      {text !== '' && <p class="toast">{text}</p>}
    </div>
  );
}
