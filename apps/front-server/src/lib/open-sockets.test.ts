import { describe, expect, it } from 'vitest';
import { openSockets, showSocket } from './open-sockets.ts';
import { supervisorSockets } from './supervisor-sockets.ts';

describe('openSockets()', () => {
  it('lists where a server listens, without the names of the sockets', () => {
    const [everywhere, ...others] = Object.keys(
      supervisorSockets([{ port: 0 }, { port: 443, host: 'localhost' }, { path: '/run/w.sock' }, { port: 80 }]),
    );
    const [four, six, file, inherited] = others as [string, string, string, string];
    const listen = {
      [everywhere!]: { host: '::', port: 1234 },
      [four]: { host: '127.0.0.1', port: 443 },
      [six]: { host: '::1', port: 443 },
      [file]: { path: '/run/w.sock' },
      [inherited]: { fd: 3 },
    };
    expect(openSockets(listen, [four, six])).toEqual([
      { url: 'http://localhost:1234/', host: '::', port: 1234 },
      { url: 'https://127.0.0.1/', host: '127.0.0.1', port: 443 },
      { url: 'https://[::1]/', host: '::1', port: 443 },
      { url: 'unix:/run/w.sock', path: '/run/w.sock' },
      { url: 'http://localhost/', port: 80 },
    ]);
  });

  it('leaves out FTP, also where a site asks for any free port of the same address', () => {
    const free = { port: 0, host: '127.0.0.1' };
    const [site, ftp] = Object.keys(supervisorSockets([free], {}, [free])) as [string, string];
    const listen = { [site]: { host: '127.0.0.1', port: 1234 }, [ftp]: { host: '127.0.0.1', port: 1235 } };
    expect(openSockets(listen, [], [free])).toEqual([{ url: 'http://127.0.0.1:1234/', host: '127.0.0.1', port: 1234 }]);
  });
});

describe('showSocket()', () => {
  it.each([
    [{ url: 'http://localhost:81/', host: '::', port: 81 }, 'http://localhost:81/  (every address of this machine)'],
    [{ url: 'https://localhost/', port: 443 }, 'https://localhost/  (every address of this machine)'],
    [{ url: 'https://127.0.0.1/', host: '127.0.0.1', port: 443 }, 'https://127.0.0.1/'],
    [{ url: 'unix:/run/w.sock', path: '/run/w.sock' }, 'unix:/run/w.sock'],
  ])('shows %j as %s', (socket, shown) => {
    expect(showSocket(socket)).toBe(shown);
  });
});
