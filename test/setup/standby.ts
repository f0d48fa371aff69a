import pg from 'pg';

/**
 * What clients see of a fail-over of PostgreSQL: all connections to the database end, and new ones cannot write until it is no standby any
 * more.
 */
export async function setStandby(url: string, isStandby: boolean): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.query('set default_transaction_read_only = off');
    const database = client.escapeIdentifier(String(client.database));
    await client.query(`alter database ${database} set default_transaction_read_only = ${isStandby ? 'on' : 'off'}`);
    await client.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and usename = current_user`);
  } finally {
    await client.end().catch(() => {});
  }
}
