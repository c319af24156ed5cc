import { describe, expect, it } from 'vitest';
import { type TrustSurroundings, trustSteps } from './trust-steps.ts';

const debian: TrustSurroundings = {
  platform: 'linux',
  home: '/home/ada',
  isRoot: true,
  isUserOnly: false,
  exists: (path) => path === '/usr/local/share/ca-certificates',
  hasProgram: () => true,
  firefoxProfiles: [],
};

const steps = (action: 'add' | 'remove', more: Partial<TrustSurroundings> = {}) =>
  trustSteps(action, '/root.pem', 'windhover', { ...debian, ...more });

describe('trustSteps()', () => {
  it('adds to the list of the system, and to that of Chromium', () => {
    const [system, chromium] = steps('add');
    expect(system).toMatchObject({
      ...{
        file: '/usr/local/share/ca-certificates/windhover.crt',
        commands: [['update-ca-certificates']],
        obstacle: null,
      },
    });
    expect(chromium!.commands.map((command) => command.join(' '))).toEqual([
      'mkdir -p /home/ada/.pki/nssdb',
      'certutil -d sql:/home/ada/.pki/nssdb -N --empty-password',
      'certutil -d sql:/home/ada/.pki/nssdb -A -t C,, -n windhover -i /root.pem',
    ]);
  });

  it('removes from both, and from no list that does not exist', () => {
    const [system, chromium] = steps('remove');
    expect(system!.commands).toEqual([['update-ca-certificates', '--fresh']]);
    expect(chromium!.commands).toEqual([]);
    const existing = steps('remove', { exists: () => true });
    expect(existing[1]!.commands[0]!.join(' ')).toBe('certutil -d sql:/home/ada/.pki/nssdb -D -n windhover');
  });

  it('leaves the system alone for one user', () => {
    expect(steps('add', { isUserOnly: true }).map(({ place }) => place)).toEqual(['Chromium and Chrome']);
  });

  it('takes every profile of Firefox', () => {
    expect(steps('add', { firefoxProfiles: ['/home/ada/.mozilla/firefox/x.default'] })).toHaveLength(3);
  });

  it.each<[string, Partial<TrustSurroundings>, RegExp]>([
    ['users that are not root', { isRoot: false }, /only root/],
    ['systems without a list', { exists: () => false }, /ca-certificates/],
    ['a machine without certutil', { hasProgram: (name) => name !== 'certutil' }, /libnss3-tools/],
    ['macOS', { platform: 'darwin' }, /security add-trusted-cert/],
    ['Windows', { platform: 'win32' }, /certutil -addstore/],
    ['others', { platform: 'freebsd' }, /import \/root.pem yourself/],
  ])('says to %s what they can do', (_, more, obstacle) => {
    expect(
      steps('add', more)
        .map((step) => step.obstacle ?? '')
        .join('\n'),
    ).toMatch(obstacle);
  });
});
