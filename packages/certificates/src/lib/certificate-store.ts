/**
 * Keeps certificates with their keys, accounts and challenges as texts, by name. Names are parts of letters, digits and `.-_*`, with `/` between
 * them. Several processes and machines may use one store, so a text is replaced as a whole: nobody reads half of one.
 */
export interface CertificateStore {
  /** Returns the text; `null`: there is none. */
  get(name: string): Promise<string | null>;
  /**
   * Replaces the text. When the promise is fulfilled, the text survives a crash, as far as the store survives one.
   *
   * @param ttlMs how long it matters; a store may forget it afterwards. Default: for ever
   */
  set(name: string, text: string, ttlMs?: number): Promise<void>;
  /** Forgets the text. One that is not there is no error. */
  delete(name: string): Promise<void>;
}
