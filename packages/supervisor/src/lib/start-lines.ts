/** A worker that writes more than this while it starts has something of its own to say. */
const maxLines = 1000;
const maxLineLength = 4096;

/** How far one worker has come. */
interface Voice {
  /** Its PID, which is replaced so that otherwise equal lines compare equal. */
  readonly pid: string;
  next: number;
  /** Whether it has written a line that the others have not: from there on, all its lines are passed on. */
  isOwn: boolean;
}

/**
 * Filters the output of several workers that start. It is mostly identical, above all when the application is broken. A
 * line is passed on for the first worker that writes it at this position, and dropped for the others. Once a worker
 * writes something different, all its later lines are passed on.
 */
export class StartLines<Worker extends { readonly pid: number | null }> {
  readonly #said: string[] = [];
  readonly #voices = new WeakMap<Worker, Voice>();

  /** Returns those of these whole lines that are to be passed on. */
  take(worker: Worker, lines: Buffer): Buffer {
    let voice = this.#voices.get(worker);
    if (voice === undefined) {
      voice = { pid: String(worker.pid), next: 0, isOwn: false };
      this.#voices.set(worker, voice);
    }
    if (voice.isOwn) return lines;
    // latin1 keeps every byte unchanged.
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
