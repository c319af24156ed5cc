/** What the machine is like. */
export interface TrustSurroundings {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Whether this process may change files of the system. */
  readonly isRoot: boolean;
  /** Whether only the lists of this user are to be changed. */
  readonly isUserOnly: boolean;
  /** Whether a file or folder exists. */
  exists(path: string): boolean;
  /** Whether a program is installed. */
  hasProgram(name: string): boolean;
  /** The folders of the user's profiles of Firefox. */
  readonly firefoxProfiles: readonly string[];
}

/** One place that keeps authorities: how to change it, or why that is not possible here. */
export interface TrustStep {
  /** What people call the place. */
  readonly place: string;
  /** Copies or removes a file first; `null`: there is none. */
  readonly file: string | null;
  /** The programs to run one after the other, each with its arguments. */
  readonly commands: readonly (readonly string[])[];
  /** Why nothing can be done, and what to do instead; `null`: it can. */
  readonly obstacle: string | null;
}

/** Where programs of the system look for authorities: the first of these folders that exists. */
const systems = [
  { folder: '/usr/local/share/ca-certificates', extension: 'crt', update: ['update-ca-certificates'] },
  { folder: '/etc/pki/ca-trust/source/anchors', extension: 'pem', update: ['update-ca-trust', 'extract'] },
  { folder: '/etc/ca-certificates/trust-source/anchors', extension: 'crt', update: ['trust', 'extract-compat'] },
] as const;

/**
 * Says how to make the programs of a machine trust an authority, or forget it.
 *
 * @param file its certificate, PEM
 * @param name what it is called there; the same for adding and removing
 */
export function trustSteps(
  action: 'add' | 'remove',
  file: string,
  name: string,
  surroundings: TrustSurroundings,
): readonly TrustStep[] {
  const { platform } = surroundings;
  if (platform !== 'linux') return [byHand(platform, action, file, name)];
  const ofUser = nssSteps(action, file, name, surroundings);
  return surroundings.isUserOnly ? ofUser : [systemStep(action, name, surroundings), ...ofUser];
}

function systemStep(
  action: 'add' | 'remove',
  name: string,
  { isRoot, exists, hasProgram }: TrustSurroundings,
): TrustStep {
  const place = 'the system (curl, wget, git and most programs)';
  const none = { place, file: null, commands: [] };
  const system = systems.find(({ folder, update: [program] }) => exists(folder) && hasProgram(program));
  if (system === undefined)
    return {
      ...none,
      obstacle: 'expected a system with update-ca-certificates (package ca-certificates), update-ca-trust or trust',
    };
  if (!isRoot) return { ...none, obstacle: 'only root may change it: run the same command with sudo and --folder' };
  const commands = [
    action === 'remove' && system.update[0] === 'update-ca-certificates'
      ? [...system.update, '--fresh']
      : [...system.update],
  ];
  return { place, file: `${system.folder}/${name}.${system.extension}`, commands, obstacle: null };
}

/** Chromium and Firefox keep their own lists, in the format of NSS. */
function nssSteps(
  action: 'add' | 'remove',
  file: string,
  name: string,
  surroundings: TrustSurroundings,
): readonly TrustStep[] {
  const { home, exists, hasProgram, firefoxProfiles } = surroundings;
  const chromium = `${home}/.pki/nssdb`;
  const databases = [
    { place: 'Chromium and Chrome', folder: chromium },
    ...firefoxProfiles.map((folder) => ({ place: `Firefox (${folder})`, folder })),
  ];
  if (!hasProgram('certutil')) {
    const obstacle = 'expected the program certutil (package libnss3-tools on Debian, nss-tools on Fedora)';
    return [{ place: 'Chromium and Firefox', file: null, commands: [], obstacle }];
  }
  return databases.map(({ place, folder }) => {
    const database = ['-d', `sql:${folder}`];
    const isThere = exists(`${folder}/cert9.db`);
    const make = isThere
      ? []
      : [
          ['mkdir', '-p', folder],
          ['certutil', ...database, '-N', '--empty-password'],
        ];
    const add = [...make, ['certutil', ...database, '-A', '-t', 'C,,', '-n', name, '-i', file]];
    const remove = isThere ? [['certutil', ...database, '-D', '-n', name]] : [];
    return { place, file: null, commands: action === 'add' ? add : remove, obstacle: null };
  });
}

function byHand(platform: NodeJS.Platform, action: 'add' | 'remove', file: string, name: string): TrustStep {
  const commands: Partial<Record<NodeJS.Platform, Readonly<Record<typeof action, string>>>> = {
    darwin: {
      add: `sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain "${file}"`,
      remove: `sudo security delete-certificate -c "${name}" /Library/Keychains/System.keychain`,
    },
    win32: { add: `certutil -addstore -f Root "${file}"`, remove: `certutil -delstore Root "${name}"` },
  };
  const command = commands[platform]?.[action];
  const obstacle =
    command === undefined
      ? `this is not known for ${platform}: import ${file} yourself`
      : `it is not done for ${platform} yet: run ${command}`;
  return { place: 'the system', file: null, commands: [], obstacle };
}
