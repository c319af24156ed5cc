import { type ChildProcess, spawn } from 'node:child_process';
import { markName, signalTo } from './marked-processes.ts';

/**
 * Reads `+ID` and `-ID` of process groups, and kills those that are left when its input ends: this happens however its parent ends. Then
 * it looks for processes that have left their group, twice, since one may start another meanwhile, and removes the sockets.
 */
const script = `
trap '' HUP INT TERM QUIT
groups=' '
while read -r change; do
  id="\${change#?}"
  case "$change" in
    +*) groups="$groups$id " ;;
    -*) case "$groups" in *" $id "*) groups="\${groups%% $id *} \${groups#* $id }" ;; esac ;;
  esac
done
for id in $groups; do kill -KILL -- "-$id" 2>/dev/null; done
for round in 1 2; do
  for file in $(grep -l "$1=$2" /proc/[0-9]*/environ 2>/dev/null); do
    id="\${file#/proc/}"
    kill -KILL "\${id%/environ}" 2>/dev/null
  done
done
rm -rf -- "$3"
`;

/** Ends all processes of applications when this process ends, even if it is killed. It is a shell, so it costs little. */
export class ProcessGuard {
  private readonly owner: string;
  private readonly folder: string;
  private readonly groups = new Set<number>();
  private shell: ChildProcess;
  private isClosed = false;

  /**
   * @param owner the mark of this process's instances begins with it
   * @param folder is removed at the end
   */
  constructor(owner: string, folder: string) {
    this.owner = owner;
    this.folder = folder;
    this.shell = this.start();
  }

  add(group: number): void {
    this.groups.add(group);
    this.shell.stdin?.write(`+${group}\n`);
  }

  remove(group: number): void {
    this.groups.delete(group);
    if (!this.isClosed) this.shell.stdin?.write(`-${group}\n`);
  }

  /** Nothing is left to be guarded. Resolves when the folder is removed. */
  close(): Promise<void> {
    this.isClosed = true;
    const { shell } = this;
    const ended = new Promise<void>((resolve) => {
      if (shell.exitCode !== null || shell.signalCode !== null || shell.pid === undefined) resolve();
      else shell.once('exit', () => resolve());
    });
    shell.ref(); // until then it must not keep this process alive
    shell.stdin?.end();
    return ended;
  }

  /** Kills what is left at once, for the moment before this process ends. */
  killAll(): void {
    for (const group of this.groups) signalTo(-group, 'SIGKILL');
  }

  /** In a session of its own: a Ctrl+C at the terminal must not reach it. One that is killed is replaced. */
  private start(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', script, 'windhover-guard', markName, this.owner, this.folder], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    shell.on('error', () => undefined); // without a shell, what a clean end needs is still done
    shell.stdin?.on('error', () => undefined); // 'exit' follows
    shell.unref();
    (shell.stdin as { unref?(): void } | null)?.unref?.();
    shell.once('exit', () => {
      if (this.isClosed) return;
      this.shell = this.start();
      for (const group of this.groups) this.shell.stdin?.write(`+${group}\n`);
    });
    return shell;
  }
}
