export { type OpenRateLimitStore, type RateLimitStoreRule, rateLimitStoreRules } from './lib/rate-limit-store-rules.ts';
