import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { ablations } from './ablations.ts';

it.each(ablations)('$rule can be switched off: the source has the text of each edit once', ({ edits }) => {
  for (const { file, from } of edits)
    expect({ file, found: readFileSync(file, 'utf8').split(from).length - 1 }).toEqual({ file, found: 1 });
});
