/** Preloaded into the Node processes of the stack, so that they end when the process that started them is killed. */
process.on('disconnect', () => process.exit(1));

// Without this the listener keeps an idle process alive.
process.channel?.unref();
