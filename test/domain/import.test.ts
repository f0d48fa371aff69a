import { expect, it } from '@jest/globals';
import { importStates, isFinal, isUnderWay } from '#domain/import.ts';

it('an import ends in the states that no state follows, and waits for nobody in those of its workflow', () => {
  expect(importStates.filter(isFinal)).toEqual(['completed', 'repeated', 'refused', 'cancelled']);
  expect(importStates.filter(isUnderWay)).toEqual(['reading', 'checking', 'importing']);
});
