export { channelRules } from './lib/channel-conformance.ts';
export { poisonLentBytes } from './lib/lent-bytes.ts';
export { localhostCertificate } from './lib/localhost-certificate.ts';
export type { ChannelRule, OpenPair } from './lib/rule-tools.ts';
export { writeLocalhostCertificate } from './lib/write-localhost-certificate.ts';
