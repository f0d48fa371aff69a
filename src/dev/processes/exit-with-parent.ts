/** Preloaded into the Node processes of the stack: when the one that started them is killed, none of them lives on. */
process.on('disconnect', () => process.exit(1));

// The listener alone would keep a process alive that has nothing left to do.
process.channel?.unref();
