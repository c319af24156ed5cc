import type { CommandLine } from './command-reader.ts';
import type { Reply } from './format-reply.ts';

/** What a command needs. */
interface CommandRule {
  /** `always`: also before the login. */
  readonly when: 'always' | 'logged-in';
  readonly argument: 'none' | 'optional' | 'required';
  /** Whether it may come in the clear on a server that requires TLS. Default: false. */
  readonly isClear?: boolean;
  /** Whether it is answered while a transfer goes on. Default: false, it waits for the end. */
  readonly duringTransfer?: boolean;
}

const always = { when: 'always', argument: 'optional', isClear: true } as const;
const named = { when: 'logged-in', argument: 'required' } as const;
const optional = { when: 'logged-in', argument: 'optional' } as const;
const bare = { when: 'logged-in', argument: 'none' } as const;

/** Every command that is known, by its verb. */
export const commandTable = {
  USER: { when: 'always', argument: 'required' },
  PASS: { when: 'always', argument: 'optional' },
  ACCT: { when: 'always', argument: 'optional' },
  HOST: { when: 'always', argument: 'required', isClear: true },
  AUTH: { when: 'always', argument: 'required', isClear: true },
  PBSZ: { when: 'always', argument: 'required', isClear: true },
  PROT: { when: 'always', argument: 'required', isClear: true },
  CCC: always,
  FEAT: always,
  OPTS: { when: 'always', argument: 'required', isClear: true },
  HELP: always,
  NOOP: { ...always, duringTransfer: true },
  SYST: always,
  QUIT: always,
  REIN: always,
  CWD: optional,
  XCWD: optional,
  CDUP: bare,
  XCUP: bare,
  PWD: bare,
  XPWD: bare,
  TYPE: named,
  MODE: named,
  STRU: named,
  PORT: named,
  EPRT: named,
  PASV: bare,
  EPSV: optional,
  ALLO: named,
  REST: named,
  RETR: named,
  STOR: named,
  APPE: named,
  STOU: optional,
  LIST: optional,
  NLST: optional,
  MLSD: optional,
  MLST: optional,
  SIZE: named,
  MDTM: named,
  MFMT: named,
  HASH: named,
  DELE: named,
  RMD: named,
  XRMD: named,
  MKD: named,
  XMKD: named,
  RNFR: named,
  RNTO: named,
  SITE: named,
  STAT: { ...optional, duringTransfer: true },
  ABOR: { ...bare, duringTransfer: true },
  SMNT: optional,
} as const satisfies Record<string, CommandRule>;

export type FtpVerb = keyof typeof commandTable;

/** What of a session decides which commands it may send. */
export interface CommandState {
  readonly isLoggedIn: boolean;
  readonly isSecure: boolean;
  /** Whether everything but a few commands needs TLS. */
  readonly needsTls: boolean;
  /** After `RNFR` only `RNTO` may come. */
  readonly isRenaming: boolean;
}

/** Whether a command is one of the table. */
export function isKnown(verb: string): verb is FtpVerb {
  return Object.hasOwn(commandTable, verb);
}

/** Whether a command is answered while a transfer goes on. `STAT` with a path is not: it would list folders, as many at a time as were asked for. */
export function isAnsweredDuringTransfer({ verb, argument }: CommandLine): boolean {
  if (!isKnown(verb) || (verb === 'STAT' && argument.trim() !== '')) return false;
  return (commandTable[verb] as CommandRule).duringTransfer === true;
}

/** Why a command is refused in this state; `null`: it may go on. */
export function refuseCommand({ verb, argument }: CommandLine, state: CommandState): Reply | null {
  if (!isKnown(verb)) return { code: 500, text: 'This command is not known.' };
  const rule: CommandRule = commandTable[verb];
  if (rule.isClear !== true && state.needsTls && !state.isSecure)
    return { code: 530, text: 'This server requires TLS: send AUTH TLS first.' };
  if (rule.when === 'logged-in' && !state.isLoggedIn) return { code: 530, text: 'Log in with USER and PASS first.' };
  if (rule.argument === 'required' && argument.trim() === '')
    return { code: 501, text: 'This command needs an argument.' };
  if (rule.argument === 'none' && argument.trim() !== '') return { code: 501, text: 'This command takes no argument.' };
  if (verb === 'RNTO' && !state.isRenaming) return { code: 503, text: 'Send RNFR first.' };
  return null;
}
