export { CountTable } from './lib/counts/count-table.ts';
