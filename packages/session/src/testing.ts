export { type OpenSessionStore, type SessionStoreRule, sessionStoreRules } from './lib/session-store-rules.ts';
