import pg from 'pg';
import type { Figure } from '#bench/measure/figure.ts';
import { startAskedApi } from '#bench/setup/asked-api.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { fillSearchableStore } from '#bench/setup/searchable-store.ts';
import { type Asked, compareStores, toRows } from '#bench/setup/two-stores.ts';

/** The time of searches and lists of contacts by the api, with a hundred times as many contacts. */
export async function search(bench: Bench): Promise<Figure> {
  const [few, many] = bench.quick ? [1_000, 100_000] : [10_000, 1_000_000];
  const rounds = bench.quick ? 40 : 150;
  await using cleanUp = new AsyncDisposableStack();
  const open = async (contacts: number) => cleanUp.adopt(await openStore(bench, contacts), (store) => store.stop());
  const stores = { small: await open(few), large: await open(many) };
  const times = await compareStores(stores, {
    rounds,
    makeQueries: ({ people }, round) => makeQueries(people[round % people.length], round),
  });
  return {
    title: `Finding people among ${many.toLocaleString('en')} stored contacts, by the api`,
    rows: ['search', 'list', 'contact'].flatMap((kind) => toRows(kind, times, few)),
    notes: [
      `${rounds} rounds in both stores in turns. Searches: names, parts of names, emails, phone numbers in four writings, last digits, tags and ` +
        `record ids of random people. Lists: by state, account, tag and time, and next pages. search table with index: ${stores.large.megabytes} MB`,
    ],
  };
}

interface Person {
  id: string;
  given: string;
  family: string;
  email: string;
  digits: string;
}

const contacts = '/api/v1/contacts';

/** What somebody may ask for while they look for a person. */
function makeQueries(person: Person | undefined, round: number): Asked[] {
  if (person === undefined) throw new Error('The store has no people');
  const { id, given, family, email, digits } = person;
  const [area, exchange, line] = [digits.slice(1, 4), digits.slice(4, 7), digits.slice(7)];
  const writings = [
    `+${digits}`,
    `(${area}) ${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
    `001 ${area} ${exchange} ${line}`,
  ];
  const searches = [
    ...[given, family, `${given} ${family}`, `${given} ${family.slice(0, 2)}`, family.slice(0, 3), given.slice(0, 2)],
    ...[email, email.slice(0, 12), writings[round % 4] ?? '', line, 'cold lead', `import ${round % 3}`, `ghl-${round * 37}`],
  ];
  const lists = [
    ...['state=synced', 'state=failed', 'state=waiting', 'state=parked', 'state=asked', 'state=deleted', 'provider=square'],
    ...['tag=vip', 'tag=newsletter', `cursor=${id}`, `cursor=${id}&provider=square`, `updated_since=${since}`],
  ];
  return [
    ...searches.map((q) => ({ kind: 'search', path: `${contacts}?q=${encodeURIComponent(q)}` })),
    ...lists.map((query) => ({ kind: 'list', path: `${contacts}?${query}` })),
    { kind: 'contact', path: `${contacts}/${id}` },
  ];
}

const since = new Date(Date.now() - 600_000).toISOString();

async function openStore(bench: Bench, contacts: number) {
  const database = await bench.createDatabase(`bench_search_${contacts}`);
  await fillSearchableStore(database, contacts);
  return { ...(await readFacts(database)), ...(await startAskedApi(bench, database)) };
}

/** Random people of the store, and the size of the searched texts with their index. */
async function readFacts(database: string): Promise<{ people: Person[]; megabytes: number }> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    const { rows: people } = await client.query<Person>(`
      select id, fields ->> 'givenName' as given, fields ->> 'familyName' as family, fields -> 'emails' -> 0 ->> 'address' as email,
        substr(fields -> 'phones' -> 0 ->> 'e164', 2) as digits
      from contact order by md5(id::text) limit 200`);
    const { rows } = await client.query<{ megabytes: number }>(
      `select (pg_total_relation_size('contact_search') / 1000000)::int as megabytes`,
    );
    return { people, megabytes: rows[0]?.megabytes ?? 0 };
  } finally {
    await client.end();
  }
}
