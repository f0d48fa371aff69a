import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { toContactKeys } from '#contacts/matching/match-keys.ts';
import type { ProviderValues } from '#domain/contact.ts';
import { commonFamilyNames } from '#domain/matching/data/family-names.ts';
import { commonFemaleNames, commonMaleNames, femaleNames, maleNames } from '#domain/matching/data/given-names.ts';
import type { MatchKey } from '#domain/matching/match-keys.ts';
import { toSound, toSpelling } from '#domain/matching/spelling.ts';

/**
 * A store of people as a business has them, each with one record at GoHighLevel: many share a name, a town, the start of their email or
 * a birthday, and one in 25 the phone number of a household. Made in SQL; a sample is checked against the keys that Accord computes.
 */
export async function fillWithPeople(
  database: string,
  { contacts, accountId }: { contacts: number; accountId: string },
): Promise<void> {
  await withClient(database, async (client) => {
    await makePeople(client, { from: 0, count: contacts, seed: 0.25 });
    // Indexes are built faster than maintained.
    await client.query('alter table match_key drop constraint match_key_pkey; drop index match_key_contact');
    await client.query(`insert into contact (id, fields, revision, sync_status, has_match_keys)
      select id, record, 1, 'synced', true from person`);
    await client.query(
      `insert into link (id, contact_id, provider, account_id, external_id, state, reference, shadow)
       select link_id, id, 'gohighlevel', $1, 'old-' || n, 'linked', link_id::text, record from person`,
      [accountId],
    );
    await client.query(`insert into identity_key (kind, value, contact_id)
      select 'email', email, id from person union all select 'phone', phone, id from person`);
    await client.query(`insert into match_key (kind, value, contact_id) ${keys}`);
    await client.query('alter table match_key add primary key (kind, value, contact_id)');
    await client.query('create index match_key_contact on match_key (contact_id)');
    await client.query('vacuum analyze contact, link, identity_key, match_key');
    await client.query('checkpoint');
    await checkSample(client);
  });
}

/** People of the same names and towns, who are in no store: the same ones each time. */
export function makeNewcomers(database: string, count: number): Promise<ProviderValues[]> {
  return withClient(database, async (client) => {
    await makePeople(client, { from: 5_000_000, count, seed: 0.75 });
    const { rows } = await client.query<{ record: ProviderValues }>('select record from person order by n');
    return rows.map(({ record }) => record);
  });
}

async function withClient<Result>(database: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    // The rows are consistent: constraint triggers would only cost time.
    await client.query(
      `set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '256MB'`,
    );
    return await work(client);
  } finally {
    await client.end();
  }
}

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const capitalise = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
/** Words without meaning: rare family names, streets and towns. */
const syllables = words('bar den kol mir sto tan vel win hol lin gar mon pet ros sul ter var bun kes fil');
const madeUp = syllables.flatMap((a) => syllables.flatMap((b) => syllables.map((c) => a + b + c)));

/** The common ones come first: they are drawn more often. */
const givenNames = words(`${commonMaleNames} ${commonFemaleNames} ${maleNames} ${femaleNames}`);
const familyNames = [...words(commonFamilyNames), ...madeUp];
const towns = madeUp.slice(0, 400);
const streets = madeUp.slice(400, 1_200);

interface Crowd {
  from: number;
  count: number;
  /** Between -1 and 1: one seed makes the same people each time. */
  seed: number;
}

async function makePeople(client: pg.Client, { from, count, seed }: Crowd): Promise<void> {
  await client.query(
    `create temp table given as select place, name, spelling from unnest($1::text[], $2::text[]) with ordinality as given(name, spelling, place)`,
    [givenNames.map(capitalise), givenNames.map(toSpelling)],
  );
  const sounds = familyNames.map((name) => toSound(toSpelling(name)));
  await client.query(
    `create temp table family as select place, name, spelling, sound
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as family(name, spelling, sound, place)`,
    [familyNames.map(capitalise), familyNames.map(toSpelling), sounds],
  );
  await client.query(
    'create temp table town as select place, name from unnest($1::text[]) with ordinality as town(name, place)',
    [towns],
  );
  await client.query(
    'create temp table street as select place, name from unnest($1::text[]) with ordinality as street(name, place)',
    [streets],
  );
  await client.query('analyze given, family, town, street');
  await client.query(`select setseed(${seed})`);
  const draw = (all: readonly string[], power: number) => `1 + floor(power(random(), ${power}) * ${all.length})::int`;
  await client.query(`create temp table person as
    with drawn as materialized (
      select n, ${draw(givenNames, 3)} as given, ${draw(familyNames, 3)} as family, ${draw(towns, 2)} as town, ${draw(streets, 1)} as street,
        1 + floor(random() * 400)::int as house, floor(random() * 5)::int as part, random() < 0.5 as has_address,
        date '1940-01-01' + floor(random() * 24000)::int as born, random() < 0.33 as has_birthday
      from generate_series(${from}, ${from + count - 1}) n
    ), named as (
      select n, uuidv7() as id, uuidv7() as link_id, given.name as given_name, given.spelling as given, family.name as family_name,
        family.spelling as family, family.sound, house, has_address, town.name as town, street.name as street,
        (20000 + drawn.town * 5 + part)::text as postcode, case when has_birthday then born::text end as birthday,
        -- One in 25 has the number of the person before.
        (select '+1' || case when p % 2 = 0 then '512' else '713' end || 3120000 + p / 2 from (select n - (n % 25 = 1)::int as p) as owner) as phone
      from drawn join given on given.place = drawn.given join family on family.place = drawn.family join town on town.place = drawn.town
        join street on street.place = drawn.street
    ), mailed as (
      select *, given || '.' || family || n % 100 as local, 'mail' || n / 100 || '.example' as host from named
    )
    select *, local || '@' || host as email, ${record} as record from mailed`);
}

const record = `jsonb_build_object('givenName', given_name, 'middleName', null, 'familyName', family_name, 'nameSuffix', null, 'company', null,
  'birthday', birthday, 'source', null, 'tags', '[]'::jsonb, 'doNotContact', '{"call": false, "sms": false, "email": false}'::jsonb,
  'emails', jsonb_build_array(jsonb_build_object('address', local || '@' || host, 'label', null)),
  'phones', jsonb_build_array(jsonb_build_object('e164', phone, 'raw', phone, 'extension', null, 'label', null)),
  'addresses', case when has_address then jsonb_build_array(jsonb_build_object('street', house || ' ' || initcap(street) || ' Street',
    'city', initcap(town), 'region', 'TX', 'postalCode', postcode, 'country', 'US', 'label', null)) else '[]'::jsonb end)`;

/** As `toMatchKeys` computes them. */
const keys = `
  select kind, value, id from person, lateral (select least(given, family) || ' ' || greatest(given, family) as whole) as name, lateral (
    values ('email', email), ('phone', phone), ('local', local), ('phone-name', phone || '/' || whole), ('name', whole)
    union all
    select 'sound', sound || '/' || left(given, 1) || '/' || area from unnest(array[postcode, town]) as area where has_address
    union all
    select 'house', house || '/' || area || '/' || owner
    from unnest(array[postcode, town]) as area, unnest(array[given, sound]) as owner where has_address
    union all
    select 'birthday', right(birthday, 5) || '/' || owner from unnest(array[given, sound]) as owner where birthday is not null
  ) as key(kind, value)
  group by kind, value, id`;

/** Throws when the keys of a person are not those that Accord computes. */
async function checkSample(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ record: ProviderValues; keys: MatchKey[] }>(`
    select record, (select json_agg(json_build_object('kind', kind, 'value', value)) from match_key where contact_id = person.id) as keys
    from (select * from person order by random() limit 100) as person`);
  const toTexts = (all: readonly MatchKey[]) => all.map(({ kind, value }) => `${kind}/${value}`).toSorted();
  for (const { record: values, keys: stored } of rows) {
    const [ours, theirs] = [toTexts(stored), toTexts(toContactKeys([values]))];
    if (!isDeepStrictEqual(ours, theirs))
      throw new Error(`The keys of a person differ: ${ours.join(', ')} and ${theirs.join(', ')}`);
  }
}
