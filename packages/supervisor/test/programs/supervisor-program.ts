// A supervisor in a process of its own. Its options are JSON in the first argument; prints its status when it has started.
import { becomeInit, createSupervisor, inheritedSockets, type SupervisorOptions } from '../../src/index.ts';

const options = JSON.parse(process.argv[2]!) as SupervisorOptions & {
  readonly init?: boolean;
  readonly inherit?: boolean;
};
const { init = false, inherit = false, ...rest } = options;
const outcome = init ? becomeInit() : 'not asked';
const supervisor = createSupervisor({ execArgv: [], ...rest, ...(inherit ? { listen: inheritedSockets() } : {}) });
try {
  await supervisor.start();
  console.log(`STARTED ${JSON.stringify({ ...supervisor.status(), outcome, ppid: process.ppid })}`);
} catch (error) {
  console.log(
    `FAILED ${JSON.stringify({ code: (error as { code?: string }).code, message: (error as Error).message })}`,
  );
  process.exitCode = 1;
}
