/** A block of a large transfer: long parts cost less, as each is a hop to another thread. */
export const blockBytes = 1024 * 1024;
/** Blocks that are kept for the next transfers, 8 MiB together: what is thrown away stays in memory until it is collected. */
const maxIdle = 8;

const idle: Buffer[] = [];

/** A block, with what was in it before. */
export function takeBlock(): Buffer {
  return idle.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
}

/** Only for a block that nothing reads or writes any more, neither a socket nor the disk. Others are left to the garbage collection. */
export function giveBackBlock(block: Buffer): void {
  if (block.byteLength === blockBytes && idle.length < maxIdle && !idle.includes(block)) idle.push(block);
}
