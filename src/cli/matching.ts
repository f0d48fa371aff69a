import { Command } from 'commander';
import { loadConfig } from '#config.ts';
import { previewReview, type ReviewedPair } from '#contacts/matching/preview-review.ts';
import { listContactIds } from '#db/contacts/contacts.ts';
import { type Database, openDatabase } from '#db/database.ts';
import { countOf } from '#domain/count-of.ts';

interface MatchingOptions {
  json?: boolean;
  limit: string;
}

/** `accord matching` */
export function matchingCommand(): Command {
  return new Command('matching')
    .description('show the contacts that the nightly review would merge or ask about by the rules of accord.yaml')
    .requiredOption('--dry-run', 'change nothing; the review itself runs by its schedule, accord-review')
    .option('--limit <count>', 'how many pairs to print', '50')
    .option('--json', 'print all pairs as JSON')
    .action(run);
}

async function run({ json, limit }: MatchingOptions): Promise<void> {
  const config = loadConfig({ need: ['database'] });
  const db = openDatabase({ url: config.database.url, poolSize: 1 });
  try {
    const { contacts, pairs } = await previewAll(db, { matching: config.matching, ownAddresses: config.matching.ownAddresses });
    if (json) console.log(JSON.stringify(pairs, null, 2));
    else print(contacts, pairs, Number(limit));
  } finally {
    await db.destroy();
  }
}

const pageSize = 500;

async function previewAll(db: Database, deps: Parameters<typeof previewReview>[1]) {
  const pairs = new Map<string, ReviewedPair>();
  let contacts = 0;
  for (let after: string | null = null; ; ) {
    const ids: string[] = await listContactIds(db, { after, limit: pageSize });
    for (const id of ids) {
      // Both sides of a pair find each other.
      for (const pair of await previewReview(db, deps, id)) pairs.set(pair.contactIds.join(), pair);
    }
    contacts += ids.length;
    after = ids.at(-1) ?? null;
    if (ids.length < pageSize) return { contacts, pairs: [...pairs.values()] };
  }
}

function print(contacts: number, pairs: ReviewedPair[], limit: number): void {
  const merges = pairs.filter(({ decision }) => decision === 'merge').length;
  console.log(
    `${countOf(contacts, 'contact')}: the review would merge ${countOf(merges, 'pair')} and ask about ${pairs.length - merges}.`,
  );
  for (const { decision, contactIds, score, why } of pairs.slice(0, limit))
    console.log(`\n${decision}  ${contactIds.join('  ')}  score ${score}\n  ${why.join(', ')}`);
}
