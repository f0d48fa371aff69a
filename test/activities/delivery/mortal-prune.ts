import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import pg from 'pg';
import { pruneDeliveries } from '#activities/delivery/prune-deliveries.ts';
import { openDatabase } from '#db/database.ts';

/** The input of a process that prunes and kills itself on the way. */
export interface MortalPrune {
  databaseUrl: string;
  exportDirectory: string;
  /** It kills itself at this statement or file operation; null: never. */
  killAt: number | null;
}

const { databaseUrl, exportDirectory, killAt } = JSON.parse(process.argv[2] ?? '') as MortalPrune;
let points = 0;
let isExporting = false;

/** The process may kill itself here, by SIGKILL so that nothing is cleaned up. Points before the first file do not count. */
function point(): void {
  if (isExporting) points += 1;
  if (points === killAt) process.kill(process.pid, 'SIGKILL');
}

function mortal<Call extends (...args: never[]) => unknown>(call: Call): Call {
  return function (this: unknown, ...args: never[]) {
    point();
    return call.apply(this, args);
  } as Call;
}

pg.Client.prototype.query = mortal(pg.Client.prototype.query as never);
for (const name of ['access', 'open', 'readdir', 'rename', 'rm'] as const) {
  const call = mortal(fs.promises[name] as never);
  fs.promises[name] = ((...args: never[]) => {
    isExporting = true;
    return (call as (...all: never[]) => unknown)(...args);
  }) as never;
}
fs.WriteStream.prototype._write = mortal(fs.WriteStream.prototype._write);
syncBuiltinESMExports();

const db = openDatabase({ url: databaseUrl, poolSize: 2 });
const retention = { attempts: 30, payloads: 30, dead: 90 };
await pruneDeliveries(db, { retention, exportDirectory, now: new Date(), onProgress() {} });
await db.destroy();
console.log(points);
