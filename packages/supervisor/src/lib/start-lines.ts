/** Whoever says more than this while it starts has something of its own to say. */
const maxLines = 1000;
const maxLineLength = 4096;

/** How far one worker has come. */
interface Voice {
  /** Its own number, which makes lines differ that are the same. */
  readonly pid: string;
  next: number;
  /** Whether it has said something that the others have not: from there on it is heard whole. */
  isOwn: boolean;
}

/**
 * What several workers say while they start, mostly all the same, above all when the application is broken: a line is passed on for the first worker
 * that says it at this place, and not for those that follow. A worker that says something else is heard from there on.
 */
export class StartLines<Worker extends { readonly pid: number | null }> {
  readonly #said: string[] = [];
  readonly #voices = new WeakMap<Worker, Voice>();

  /** What is left to be passed on of these whole lines. */
  take(worker: Worker, lines: Buffer): Buffer {
    let voice = this.#voices.get(worker);
    if (voice === undefined) {
      voice = { pid: String(worker.pid), next: 0, isOwn: false };
      this.#voices.set(worker, voice);
    }
    if (voice.isOwn) return lines;
    // Bytes stay what they are in this encoding.
    const kept = lines
      .toString('latin1')
      .split(/(?<=\n)/)
      .filter((line) => this.#isNew(line, voice));
    return Buffer.from(kept.join(''), 'latin1');
  }

  #isNew(line: string, voice: Voice): boolean {
    if (voice.isOwn) return true;
    const plain = line.replaceAll(voice.pid, 'PID');
    const index = voice.next++;
    if (this.#said[index] === plain) return false;
    if (index === this.#said.length && index < maxLines && plain.length <= maxLineLength) this.#said.push(plain);
    else voice.isOwn = true;
    return true;
  }
}
