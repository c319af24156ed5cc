export { type EndedLoginsRule, endedLoginsRules, type OpenEndedLogins } from './lib/ended-logins-rules.ts';
export { type OpenSharedWork, type SharedWorkRule, sharedWorkRules } from './lib/shared-work-rules.ts';
