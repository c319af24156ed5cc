type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

const tones: Readonly<Record<string, Tone>> = {
  ...tone('good', 'up running ready serving active done complete current online listening'),
  ...tone('busy', 'starting warming restarting recycling draining half-open stopping loading'),
  ...tone('warn', 'ejected open aborted warn expiring limited'),
  ...tone('bad', 'failed unhealthy unreachable crashed error refused dead expired'),
  ...tone('idle', 'stopped idle off disabled backup'),
};

function tone(name: Tone, words: string): Record<string, Tone> {
  return Object.fromEntries(words.split(' ').map((word) => [word, name]));
}

/** A state as a word with a coloured dot; the word alone says all. */
export function Status({ state, as }: { state: string; as?: Tone }) {
  return <span class={`status ${as ?? tones[state.toLowerCase()] ?? 'idle'}`}>{state}</span>;
}

export function statusTone(status: number): Tone {
  if (status >= 500) return 'bad';
  if (status >= 400) return 'warn';
  return status === 0 ? 'idle' : 'good';
}
