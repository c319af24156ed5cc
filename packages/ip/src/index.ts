export { addressKey } from './lib/address-key.ts';
export { formatIpAddress, type IpAddress, parseIPv4, parseIpAddress, toIpAddress } from './lib/ip-address.ts';
export { type IpNetwork, isInNetwork, parseIpNetwork } from './lib/ip-network.ts';
