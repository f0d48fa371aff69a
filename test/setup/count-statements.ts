import type { Database } from '#db/database.ts';

/** The database, with a count of the statements that are executed on it. Those that begin and end transactions are not counted. */
export function countStatements(db: Database): { db: Database; count: () => number } {
  let statements = 0;
  const counting = db.withPlugin({
    transformQuery({ node }) {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  return { db: counting, count: () => statements };
}
