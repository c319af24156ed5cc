export { type IpFilterErrorCode, ipFilterErrors } from './lib/errors.ts';
export { type IpListFile, type IpListFileOptions, ipListFile } from './lib/file-list.ts';
export { ipEntryFault } from './lib/filter-rules.ts';
export type { IpDecision } from './lib/ip-decider.ts';
export { IpFilter, ipFilter, ipFilterConnections } from './lib/ip-filter.ts';
export type { IpEntry, IpFilterObserver, IpFilterOptions, IpRule, IpRulesOptions } from './lib/ip-filter-options.ts';
export type { IpList } from './lib/ip-list.ts';
export type { NameLookupOptions, NameResolver } from './lib/name-lookup.ts';
export { type IpListUrl, type IpListUrlOptions, ipListUrl } from './lib/url-list.ts';
