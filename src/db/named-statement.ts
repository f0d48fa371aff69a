import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type Kysely,
  PostgresDialect,
  PostgresDriver,
  type QueryResult,
  type RawBuilder,
} from 'kysely';
import type pg from 'pg';

/**
 * Executes a statement that each connection parses and plans once, for one that runs often and costs little more than its planning.
 * One name has one text: pg refuses another. Name its columns, because `*` breaks when a migration adds one. Use it only where the same
 * indexes serve small and large tables: PostgreSQL keeps a plan made for an empty table until it analyzes that table.
 */
export function executeNamed<Tables, Row>(
  db: Kysely<Tables>,
  name: string,
  statement: RawBuilder<Row>,
): Promise<QueryResult<Row>> {
  const query: NamedQuery<Row> = { ...statement.compile(db), name };
  return db.executeQuery(query);
}

interface NamedQuery<Row> extends CompiledQuery<Row> {
  name: string;
}

/** Kysely's dialect hands pg the text and the values; this one hands it the name as well. */
export class NamedStatementDialect extends PostgresDialect {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super({ pool });
    this.#pool = pool;
  }

  override createDriver(): Driver {
    return new NamedStatementDriver(this.#pool);
  }
}

class NamedStatementDriver extends PostgresDriver {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super({ pool });
    this.#pool = pool;
  }

  override async acquireConnection(): Promise<NamedStatementConnection> {
    return new NamedStatementConnection(await this.#pool.connect());
  }

  override async releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (connection instanceof NamedStatementConnection) connection.release();
  }
}

class NamedStatementConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const name = 'name' in query && typeof query.name === 'string' ? query.name : undefined;
    try {
      const { command, rowCount, rows } = await this.#client.query({ name, text: query.sql, values: [...query.parameters] });
      return { rows, ...(isWrite(command) && { numAffectedRows: BigInt(rowCount ?? 0) }) };
    } catch (error) {
      throw withCallers(error);
    }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Streaming needs a cursor, which no query uses yet');
  }

  release(): void {
    this.#client.release();
  }
}

const isWrite = (command: string): boolean => ['INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(command);

/** pg makes its errors in a socket's callback: their stacks lack the code that sent the query. */
function withCallers(error: unknown): unknown {
  const callers = new Error().stack?.split('\n').slice(1);
  if (error instanceof Error && callers) error.stack = [error.stack, ...callers].join('\n');
  return error;
}
