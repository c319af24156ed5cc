export type { IpAddress } from '@windhover/ip';
export { clientAddress, clientFacts } from './lib/client-address.ts';
export { type ClientAddressOptions, type ClientPolicy, clientPolicy } from './lib/client-policy.ts';
export { type ClientAddressErrorCode, clientAddressErrors } from './lib/errors.ts';
export { type ClientExplanation, explainClient } from './lib/explain-client.ts';
export { type ClientFacts, type ClientStep, resolveClient } from './lib/resolve-client.ts';
export { parseTrust, type TrustedNetworks, type TrustPreset } from './lib/trusted-networks.ts';
