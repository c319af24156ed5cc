import { describe, expect, it } from 'vitest';
import { logFolders } from './log-folders.ts';

describe('logFolders()', () => {
  it('finds the folders of all log files, and nothing for the console, syslog and off', () => {
    const config = {
      accessLog: './logs/a.log',
      sites: {
        a: {
          accessLog: { to: '/srv/logs/b.log', format: 'json' },
          routes: [{ accessLog: 'off' }, { accessLog: '../c.log' }, { accessLog: './logs/d.log' }, { accessLog: true }],
        },
        b: { accessLog: 'console', routes: [{ accessLog: 'syslog://logs' }] },
      },
    };
    expect(logFolders(config, '/etc/windhover')).toEqual(['/etc/windhover/logs', '/srv/logs', '/etc']);
    expect(logFolders(null, '/')).toEqual([]);
  });
});
