/** An option of a command. */
export interface CommandOption {
  readonly type: 'string' | 'boolean';
  /** One letter, for `-c`. */
  readonly short?: string;
  /** The value as the help shows it, for example `file`. Required for the type `string`. */
  readonly value?: string;
  /** What the option does, for the help. */
  readonly summary: string;
  /** Whether the option may be given several times. Default: false. */
  readonly multiple?: boolean;
  /** Taken when the option is not given; the help shows it. */
  readonly default?: string;
  /** The only values that are allowed. Shells complete them. */
  readonly choices?: readonly string[];
  /** What a shell offers as its value. Default: nothing. */
  readonly completes?: 'file' | 'folder';
}

/** An argument that has its meaning from its position. */
export interface CommandArgument {
  /** As the help shows it: `METHOD`. */
  readonly name: string;
  readonly summary: string;
  /** Whether it may be left out. Default: false. */
  readonly optional?: boolean;
  /** The only values that are allowed. Shells complete them. */
  readonly choices?: readonly string[];
  readonly completes?: 'file' | 'folder';
}

type Options = Readonly<Record<string, CommandOption>>;

type OptionValue<O extends CommandOption> = O extends { type: 'boolean' }
  ? boolean
  : O extends { multiple: true }
    ? readonly string[]
    : O extends { default: string }
      ? string
      : string | undefined;

/** What a command is run with. */
export interface CommandInput<O extends Options = Options> {
  readonly options: { readonly [Name in keyof O]: OptionValue<O[Name]> };
  readonly arguments: readonly string[];
  readonly version: string;
  /** All commands, this one too. */
  readonly commands: readonly Command[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to stdout. */
  readonly out: (text: string) => void;
  /** Writes to stderr. */
  readonly err: (text: string) => void;
}

/** A command of `windhover`. The help, the completion of shells and the check of the arguments are made from it. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly options: Options;
  /** Default: none. */
  readonly arguments?: readonly CommandArgument[];
  /** More to say in the command's own help. */
  readonly details?: string;
  /** Lines that somebody could type. */
  readonly examples?: readonly string[];
  /** Returns the exit code: 0, 1 when something outside failed, 2 when the input is wrong. */
  run(input: CommandInput): number | Promise<number>;
}

/** Gives `run` the types of the options. */
export function defineCommand<const O extends Options>(
  command: Omit<Command, 'options' | 'run'> & {
    readonly options: O;
    run(input: CommandInput<O>): number | Promise<number>;
  },
): Command {
  return command as unknown as Command;
}
