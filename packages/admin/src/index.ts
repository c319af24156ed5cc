export * from './lib/api-types.ts';
