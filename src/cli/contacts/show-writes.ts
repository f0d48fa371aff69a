import { showLine } from '#cli/screen.ts';

export interface Write {
  contactId: string;
  provider: string;
  operation: string;
  externalId: string | null;
  set: Record<string, unknown>;
  addTags: string[];
  removeTags: string[];
  addLists: string[];
  removeLists: string[];
}

/** A record that still refuses after its contact has allowed. */
export interface RefusalLeft {
  provider: string;
  externalId: string | null;
  channels: string[];
}

/** Prints the writes to providers that follow from a decision, a line each. */
export function showWrites(writes: readonly Write[]): void {
  for (const write of writes) showLine(`  ${describe(write)}`);
}

export function showRefusalsLeft(left: readonly RefusalLeft[]): void {
  for (const { provider, externalId, channels } of left)
    showLine(`  ${provider} ${externalId} still refuses ${channels.join(', ')}: lift that there`);
}

function describe({ provider, operation, externalId, set, ...lists }: Write): string {
  const { addTags, removeTags, addLists, removeLists } = lists;
  const [added, removed] = [
    [...addTags, ...addLists],
    [...removeTags, ...removeLists],
  ];
  const values = Object.entries(set).map(([field, value]) => `${field}=${JSON.stringify(value)}`);
  const changes = [...values, ...added.map((item) => `+${item}`), ...removed.map((item) => `-${item}`)];
  return [operation, provider, externalId ?? '(new)', ...changes].join(' ');
}
