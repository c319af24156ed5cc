// Loaded before a program that `npm start` runs: ends it when whoever started it is gone, even without a chance to say so.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
