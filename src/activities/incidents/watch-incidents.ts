import { emitOperationalEvents } from '#activities/delivery/emit-operational-events.ts';
import type { ActivityDeps, IncidentDeps } from '#activities/deps.ts';
import { readIncidentFacts } from '#db/incidents/incident-facts.ts';
import { markTold, type StoredIncident, storeIncidents } from '#db/incidents/incidents.ts';
import type { OperationalEvent } from '#domain/delivery/operational-event.ts';
import { findIncidents, withoutConsequences } from '#domain/incidents/find-incidents.ts';
import { causeOf } from '#domain/incidents/incident.ts';
import { findTelling } from '#domain/incidents/telling.ts';
import { type DirectChannel, directChannels, listUntold } from './tell-operators.ts';

/**
 * Finds the problems of now, and tells subscribers of those that began or ended, in one transaction: each is told once, whatever
 * crashes. Resolves to the channels by which somebody else must be told.
 */
export async function watchIncidents(
  deps: Pick<ActivityDeps, 'db' | 'now'>,
  { accounts, rules, intervalMinutes, senders }: IncidentDeps,
): Promise<{ channels: DirectChannel[] }> {
  const now = deps.now();
  const facts = await readIncidentFacts(deps.db, accounts, { silentHours: rules.silentHours, now });
  const all = findIncidents(facts, rules, now);
  const incidents = withoutConsequences(all);
  return deps.db.transaction().execute(async (tx) => {
    const stored = await storeIncidents(tx, {
      incidents: incidents.map((incident) => ({ ...incident, cause: causeOf(incident) })),
      standing: all.map(causeOf),
      now,
      accounts: accounts.map(({ id }) => id),
    });
    const news = stored.flatMap((incident) => {
      const state = findTelling(incident, { channel: 'events', now, intervalMinutes });
      return state === null ? [] : [{ ...incident, state }];
    });
    await emitOperationalEvents(
      tx,
      news.map((each) => toEvent(each, now)),
    );
    await markTold(tx, news, { channel: 'events', at: now });
    const channels = directChannels.filter(
      (channel) => senders[channel] && listUntold(stored, { channel, now, intervalMinutes }).length > 0,
    );
    return { channels };
  });
}

function toEvent({ state, ...incident }: StoredIncident & { state: 'open' | 'over' }, at: Date): OperationalEvent {
  const { type, account, reason, records, since, says, fix } = incident;
  const about = { endpointId: null, at, account, reason, since, says };
  return state === 'open' ? { ...about, type, records, fix } : { ...about, type: 'sync.recovered', incident: type };
}
