import { expect, it } from '@jest/globals';
import { findCursor, saveCursor } from '#db/sync/sync-cursors.ts';
import { useDatabase } from '#test/db/test-database.ts';

const on = useDatabase();
const google = { provider: 'google', accountId: 'one', name: 'changes' };

it('a cursor is the last one saved, separately by account and name', async () => {
  expect(await findCursor(on.db, google)).toBeNull();
  await saveCursor(on.db, google, 'first');
  await saveCursor(on.db, { ...google, accountId: 'other' }, 'of another account');
  await saveCursor(on.db, { ...google, name: 'other' }, 'of another name');
  await saveCursor(on.db, google, 'second');
  expect(await findCursor(on.db, google)).toBe('second');
  expect(await findCursor(on.db, { ...google, accountId: 'other' })).toBe('of another account');
});
