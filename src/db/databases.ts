import pg from 'pg';

/** The name of a database in its URL. */
export const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

export interface DatabaseFacts {
  bytes: number;
}

/** The size of the database `name` on the server of `url`; null when there is none. */
export async function findDatabase(url: string, name: string): Promise<DatabaseFacts | null> {
  return ask(url, async (client) => {
    const sizes = 'select pg_database_size(oid) as bytes from pg_database where datname = $1';
    const { rows } = await client.query<{ bytes: string }>(sizes, [name]);
    return rows[0] === undefined ? null : { bytes: Number(rows[0].bytes) };
  });
}

/**
 * Creates a database on the server of `url` whose owner is the role of `url`, and to which no other role may connect. Throws an error
 * with the code 42501 when the role may not create databases.
 */
export async function createDatabase(url: string, name: string): Promise<void> {
  await ask(url, async (client) => {
    const database = client.escapeIdentifier(name);
    await client.query(`create database ${database}`);
    await client.query(`revoke connect on database ${database} from public`);
  });
}

/** Removes a database with everything in it, and ends the connections to it. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await ask(url, (client) => client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`));
}

/** Whether PostgreSQL refused something for lack of a privilege. */
export const isForbidden = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '42501';

async function ask<Answer>(url: string, question: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return await question(client);
  } finally {
    await client.end();
  }
}
