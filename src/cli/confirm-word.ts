import { ask } from './ask.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/** Asks a person to type a word, because a "y" would be typed without a look. Throws for any other answer. */
export async function confirmWord(word: string, { warning, action }: { warning: string; action: string }): Promise<void> {
  if ((await ask(`${warning} Type ${word} to ${action}`)) !== word)
    throw new CommandError(`Nothing was done: the answer is not ${word}.`, exitCodes.usage);
}
