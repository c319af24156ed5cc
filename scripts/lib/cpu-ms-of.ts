/** How much time of processors this process takes for some work, in milliseconds: other than on a clock, what else runs makes no difference. */
export function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
