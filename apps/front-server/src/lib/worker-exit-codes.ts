/** The exit code of a worker whose configuration is wrong. It has said what is. */
export const wrongConfig = 2;

/** The exit code of a worker that cannot start, for instance because it may not read a file. It has said why. */
export const cannotStart = 3;
