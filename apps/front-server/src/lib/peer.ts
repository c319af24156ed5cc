/** A message between two peers. */
type PeerMessage =
  | { readonly ask: number; readonly question: unknown }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly error: string }
  | { readonly tell: unknown };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The other side is there, and says nothing: it is stuck, or very busy. */
export class NoAnswerError extends Error {
  constructor(timeoutMs: number) {
    super(`No answer came within ${timeoutMs} ms`);
  }
}

const endedMessage = 'It ended before it answered';

/** One of two processes that ask each other questions over a pipe of messages. */
export class Peer<Question = unknown, Told = unknown> {
  private readonly send: (message: PeerMessage) => void;
  private readonly answer: (question: Question) => unknown;
  private readonly told: (what: Told) => void;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 1;
  private isClosed = false;

  /**
   * @param answer answers the other side's questions; the message of an error that it throws is passed on
   * @param told takes what the other side says without waiting for an answer
   */
  constructor(
    send: (message: unknown) => void,
    answer: (question: Question) => unknown,
    told: (what: Told) => void = () => undefined,
  ) {
    this.send = send;
    this.answer = answer;
    this.told = told;
  }

  /** Asks the other side. Rejects with its error, or if no answer comes within `timeoutMs` or before it is gone. */
  ask(question: unknown, timeoutMs: number): Promise<unknown> {
    if (this.isClosed) return Promise.reject(new Error(endedMessage));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new NoAnswerError(timeoutMs));
      }, timeoutMs);
      this.waiting.set(id, { resolve, reject, timer });
      this.send({ ask: id, question });
    });
  }

  tell(what: unknown): void {
    this.send({ tell: what });
  }

  /** Takes a message of the other side. */
  hear(message: unknown): void {
    const heard = message as PeerMessage;
    if ('tell' in heard) this.told(heard.tell as Told);
    else if ('ask' in heard) void this.reply(heard.ask, heard.question as Question);
    else this.settle(heard);
  }

  /** The other side is gone: nothing is answered any more. */
  close(): void {
    this.isClosed = true;
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(new Error(endedMessage));
    }
    this.waiting.clear();
  }

  private async reply(id: number, question: Question): Promise<void> {
    try {
      this.send({ answer: id, value: (await this.answer(question)) ?? null });
    } catch (error) {
      this.send({ answer: id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  private settle(message: Extract<PeerMessage, { readonly answer: number }>): void {
    const waiting = this.waiting.get(message.answer);
    if (waiting === undefined) return; // it came too late
    this.waiting.delete(message.answer);
    clearTimeout(waiting.timer);
    if ('error' in message) waiting.reject(new Error(message.error));
    else waiting.resolve(message.value);
  }
}
