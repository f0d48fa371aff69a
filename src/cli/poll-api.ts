import { setTimeout as delay } from 'node:timers/promises';
import { type ApiOptions, callApi } from './call-api.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

/** Long enough for a restart of the api. The work that is followed goes on meanwhile. */
const patienceMs = 60_000;
const everyMs = 500;

/** Reads a resource until `isDone`, and returns it. An api that does not answer for a while is asked again. */
export async function pollApi<Data>(
  options: ApiOptions,
  path: string,
  { isDone, onRead }: { isDone(data: Data): boolean; onRead(data: Data): void },
): Promise<Data> {
  for (let answeredAt = Date.now(); ; await delay(everyMs)) {
    try {
      const data = await callApi<Data>(options, { method: 'GET', path });
      answeredAt = Date.now();
      onRead(data);
      if (isDone(data)) return data;
    } catch (error) {
      const isAway = error instanceof CommandError && error.exitCode === exitCodes.unavailable;
      if (!isAway || Date.now() - answeredAt > patienceMs) throw error;
    }
  }
}
