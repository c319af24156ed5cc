export { type ConnectAddress, type ConnectOptions, connect } from './lib/connect.ts';
export { TransportError, type TransportErrorCode, transportErrors } from './lib/errors.ts';
export { type Listener, type ListenOptions, listen } from './lib/listen.ts';
export { type ListenAddress, nameAddress } from './lib/listen-address.ts';
export { createMemoryPair } from './lib/memory-pair.ts';
export { onConsumerError } from './lib/report-error.ts';
export type { SocketDriver } from './lib/socket-connection.ts';
export { systemClock } from './lib/system-clock.ts';
export { createTimerWheel, type Deadline, type TimerWheel, type TimerWheelOptions } from './lib/timer-wheel.ts';
