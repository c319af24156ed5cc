export { type CrossSiteOptions, refuseCrossSite } from './lib/cross-site.ts';
export { type SessionErrorCode, sessionErrors } from './lib/errors.ts';
export { createMemorySessionStore, type MemorySessionStoreOptions } from './lib/memory-session-store.ts';
export { type Session, sessionKey } from './lib/session.ts';
export { session } from './lib/session-middleware.ts';
export type { SessionCookie, SessionOptions } from './lib/session-options.ts';
export type { SessionRecord, SessionStore } from './lib/session-store.ts';
