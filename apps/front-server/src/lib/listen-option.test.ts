import { describe, expect, it } from 'vitest';
import { readListenOptions } from './listen-option.ts';

describe('readListenOptions()', () => {
  it.each([
    [{}, '127.0.0.1:8080', 8080],
    [{ port: '3000' }, '127.0.0.1:3000', null],
    [{ listen: ':80' }, '*:80', null],
    [{ listen: '80' }, '80', null],
    [{ listen: '[::1]:80' }, '[::1]:80', null],
    [{ listen: 'unix:/run/a.sock' }, 'unix:/run/a.sock', null],
  ])('reads %j', (options, listen, assumedPort) => {
    expect(readListenOptions(options)).toEqual({ listen, assumedPort });
  });

  it.each([
    [{ port: 'http' }, '--port must be a number from 0 to 65535, found "http".'],
    [{ port: '70000' }, '--port must be a number from 0 to 65535, found "70000".'],
    [{ listen: ':70000' }, '--listen must be a port from 0 to 65535, found ":70000".'],
    [{ port: '1', listen: ':1' }, 'Give either --port or --listen.'],
  ])('says what is wrong with %j', (options, message) => {
    expect(readListenOptions(options)).toBe(message);
  });
});
