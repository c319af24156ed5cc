/** What a store keeps of a session. Times are in milliseconds since the epoch. */
export interface SessionRecord {
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  /** When it was last used, to within a tenth of the idle time. */
  readonly usedAt: number;
}

/**
 * Keeps sessions. Keys are hashes of what the cookie holds, so that who reads the store cannot take a session over. Rejections answer the
 * request with 503.
 */
export interface SessionStore {
  read(key: string): Promise<SessionRecord | null>;
  /**
   * @param ttlMs after which the session is of no more use
   * @param isNew whether the session begins. One that was there and is gone must not come back: its user has logged out meanwhile
   */
  save(key: string, record: SessionRecord, ttlMs: number, isNew: boolean): Promise<void>;
  destroy(key: string): Promise<void>;
}
