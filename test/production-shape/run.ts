import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findTemporalPrograms } from '#dev/temporal/temporal-on-postgres.ts';

/**
 * `npm run test:production-shape [-- <path>]`: two api and two worker processes on a Temporal server on PostgreSQL. Without the server's
 * programs nothing runs. `-- --dev-server` runs the same on a dev server.
 */

const args = process.argv.slice(2).filter((each) => each !== '--dev-server');
const isDevServer = process.argv.includes('--dev-server');
const paths = args.length > 0 ? args : ['test/production-shape', 'test/end-to-end/.*crash', 'test/end-to-end/hub.test'];

if (!isDevServer && findTemporalPrograms() === null) {
  console.log(
    'SKIPPED: no temporal-server and temporal-sql-tool in TEMPORAL_SERVER_BIN or on PATH; docs/operating.md says how to build them.',
  );
  process.exit(0);
}
const env = { ...process.env, ACCORD_PRODUCTION_SHAPE: isDevServer ? 'dev-server' : 'postgres' };
const jest = spawn('npm', ['test', '--', '--maxWorkers=1', ...paths], { env, stdio: 'inherit' });
const [code] = await once(jest, 'exit');
process.exit(code ?? 1);
