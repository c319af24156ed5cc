export { type EndedLoginsRule, endedLoginsRules, type OpenEndedLogins } from './lib/ended-logins-rules.ts';
