import pg from 'pg';
import { databaseUrl, type PostgresOptions } from './embedded-postgres.ts';

type Server = Pick<PostgresOptions, 'password' | 'port'>;

/** The role that Accord connects as. It owns its database and is no superuser. */
export const appRole = 'accord';

/** Creates the database unless it exists. */
export async function ensureDatabase(server: Server, name: string): Promise<void> {
  await asSuperuser(server, 'postgres', async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
}

/** Creates a database and the role that owns it, and returns the role's URL. In a folder of an earlier release, the superuser's tables and functions are reassigned to the role. */
export async function ensureOwnedDatabase(server: Server, name: string, role = appRole): Promise<string> {
  await asSuperuser(server, 'postgres', async (client) => {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
    const password = client.escapeLiteral(server.password);
    await client.query(`${rowCount === 0 ? 'create' : 'alter'} role ${role} login nosuperuser password ${password}`);
  });
  await ensureDatabase(server, name);
  await asSuperuser(server, name, async (client) => {
    await client.query(`alter database ${client.escapeIdentifier(name)} owner to ${role}`);
    await client.query(`alter schema public owner to ${role}`);
    await client.query(giveUpTo(role));
  });
  return databaseUrl(server, name, role);
}

/** `reassign owned` refuses the superuser that initdb has made. Sequences of columns follow their tables. Extensions stay the superuser's. */
const giveUpTo = (role: string) => `do $$
declare statement text;
begin
  for statement in
    select format('alter table %s owner to ${role}', oid::regclass) from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') and relowner <> '${role}'::regrole
    union all
    select format('alter routine %s owner to ${role}', oid::regprocedure) from pg_proc
    where pronamespace = 'public'::regnamespace and proowner <> '${role}'::regrole
      and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')
    union all
    select format('alter type %s owner to ${role}', oid::regtype) from pg_type
    where typnamespace = 'public'::regnamespace and typtype in ('e', 'd') and typowner <> '${role}'::regrole
  loop execute statement;
  end loop;
end $$`;

async function asSuperuser(server: Server, database: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl(server, database) });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
