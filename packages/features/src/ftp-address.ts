export { readFtpAddresses } from './lib/ftp-address.ts';
