import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/lib/run.mjs';
import { runProgram } from './programs.mjs';

/** Builds `kestrel` or `yarp` in release mode, outside of the sources, and returns the file for `dotnet` to run. */
export async function buildDotnet(name) {
  const project = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const output = `${root}.cache/${name}`;
  const paths = [`-p:BaseIntermediateOutputPath=${output}/obj/`, `-p:BaseOutputPath=${output}/bin/`];
  await runProgram('dotnet', ['publish', project, '-c', 'Release', '-o', `${output}/app`, ...paths], {
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
    timeout: 300_000,
  });
  return `${output}/app/${name}.dll`;
}
