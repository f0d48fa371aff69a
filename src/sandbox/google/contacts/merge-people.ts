import { isDeepStrictEqual } from 'node:util';
import type { Account } from '#sandbox/google/account.ts';
import { ruleOf } from '#sandbox/google/person/fields.ts';
import { fieldEntries, type Person, type Values } from '#sandbox/google/person/person.ts';

/**
 * "Merge & fix" in Google Contacts. Its effect on sync is not documented. The sandbox deletes the losers and changes the winner. With
 * `mergeKeepsNames` the losers' resource names resolve to the winner.
 */
export function mergePeople({ book, settings }: Account, winner: Person, losers: readonly Person[]): Person {
  const values = losers.reduce((merged, { values }) => union(merged, values), winner.values);
  let merged = book.update(winner, values);
  for (const loser of losers) {
    book.remove(loser);
    if (settings().mergeKeepsNames) merged = book.adopt(merged, loser.resourceName);
  }
  return merged;
}

function union(winner: Values, loser: Values): Values {
  const merged: Values = { ...winner };
  for (const [name, items] of fieldEntries(loser)) {
    const kept = merged[name] ?? [];
    const isFull = ruleOf(name).singleton && kept.length > 0;
    const added = isFull ? [] : items.filter((item) => !kept.some((each) => isDeepStrictEqual(each, item)));
    merged[name] = [...kept, ...added];
  }
  return merged;
}
