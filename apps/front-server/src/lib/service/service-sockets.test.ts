import { describe, expect, it } from 'vitest';
import { serviceSockets } from './service-sockets.ts';

describe('serviceSockets()', () => {
  it('names each socket by its port or file, under which the server finds it', () => {
    const listen = [
      { port: 80 },
      { port: 443, host: '::1' },
      { port: 81, host: 'localhost' },
      { path: '/run/w', mode: 0o660 },
    ];
    expect(serviceSockets(listen)).toEqual([
      { name: '80', listen: '80', mode: null },
      { name: '443', listen: '[::1]:443', mode: null },
      { name: '81', listen: '127.0.0.1:81', mode: null },
      { name: '/run/w', listen: '/run/w', mode: '660' },
    ]);
  });

  it.each([
    [[{ port: 0 }], 'The port 0'],
    [[{ port: 80, host: 'web.example' }], 'systemd looks up no names'],
    [
      [
        { port: 80, host: '10.0.0.1' },
        { port: 80, host: '10.0.0.2' },
      ],
      'Two listeners have the port 80',
    ],
  ])('says what is in the way of %j', (listen, problem) => {
    expect(serviceSockets(listen)).toContain(problem);
  });
});
