export { type ConsoleOptions, createConsoleHandler } from './lib/create-console-handler.ts';
export { type AdminConsoleErrorCode, adminConsoleErrors } from './lib/errors.ts';
