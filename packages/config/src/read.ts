export type { ConfigDisk } from './lib/config-disk.ts';
export { type ConfigSnapshot, diskOf, type RecordingDisk, recordDisk } from './lib/config-snapshot.ts';
export { formatProblems } from './lib/format-problems.ts';
export { type ListenAddress, parseListenAddress } from './lib/listen-address.ts';
export type { Problem, Source } from './lib/problem.ts';
export { type ReadConfig, readConfig } from './lib/read-config.ts';
export { readListenAddresses } from './lib/read-listen-addresses.ts';
