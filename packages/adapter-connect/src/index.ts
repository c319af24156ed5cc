export type { ConnectListener } from './lib/connect-listener.ts';
export { type ConnectErrorCode, connectErrors } from './lib/errors.ts';
export { type ConnectHandler, type FromConnectOptions, fromConnect } from './lib/from-connect.ts';
export { fromNodeServer, type NodeServer, withUpgrades } from './lib/from-node-server.ts';
export { contextOf } from './lib/guest-exchange.ts';
export { type Mount, mountKey } from './lib/mount.ts';
export { type ConnectMiddleware, type ToConnectOptions, toConnect } from './lib/to-connect.ts';
