/** Preloaded into the Node processes of the stack: when the one that started them is killed, none of them lives on. */
process.on('disconnect', () => process.exit(1));
