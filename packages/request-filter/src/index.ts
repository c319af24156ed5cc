export { type CompiledFilter, compileFilter } from './lib/compile-filter.ts';
export { decideRequest, type FilterRequest } from './lib/decide-request.ts';
export { type RequestFilterErrorCode, requestFilterErrors } from './lib/errors.ts';
export type {
  FilteringRule,
  FilterObserver,
  FilterPreset,
  NameRules,
  PolicyEscape,
  RequestFilterOptions,
} from './lib/filter-options.ts';
export type { Refusal } from './lib/refusal.ts';
export { createRequestFilter, RequestFilter, requestFilter, ruleText } from './lib/request-filter.ts';
export type { AttackKind, StrictOptions } from './lib/strict/strict-options.ts';
