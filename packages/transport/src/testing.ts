export { channelRules } from './lib/channel-conformance.ts';
export { poisonLentBytes } from './lib/lent-bytes.ts';
export type { ChannelRule, OpenPair } from './lib/rule-tools.ts';
