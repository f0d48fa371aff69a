/** One rule of the sync model, and the source edits that switch it off. */
export interface Ablation {
  rule: string;
  /** `apart`: the rule is about merges that are undone. `lives`: it is about several people and their deletions, refusals and erasures. */
  plays?: 'apart' | 'lives';
  edits: { file: string; from: string; to: string }[];
}

const apply = 'src/activities/contact/apply-record.ts';
const create = 'src/activities/contact/create-record.ts';
const merge = 'src/domain/merge/merge-record.ts';
const stale = 'src/activities/contact/stale-read.ts';
const split = 'src/domain/merge/split.ts';
const missing = 'src/activities/contact/missing-record.ts';
const audience = 'src/domain/audience.ts';
const joining = 'src/contacts/merging/merge-contacts.ts';

export const ablations: Ablation[] = [
  {
    rule: 'base-snapshot',
    edits: [{ file: merge, from: 'if (base !== undefined && sameValue(field, theirs, base)) return null;', to: '' }],
  },
  {
    // Ingress passes on ids only, so the rule is switched off in the test's own ingress.
    rule: 'fetch-latest',
    edits: [
      {
        file: 'test/properties/hub.ts',
        from: 'await observeRecord(this.deps, { linkId, cause }, { signal })',
        to: 'await storeObservation(this.deps, { linkId, cause, record: this.bodies.get(linkId) ?? null })',
      },
      { file: 'test/properties/hub.ts', from: 'import { observeRecord }', to: 'import { storeObservation }' },
    ],
  },
  { rule: 'own-write-ledger', edits: [{ file: merge, from: 'if (isLanding(field, input)) return null;', to: '' }] },
  {
    rule: 'unresolved-write-fast-forwards',
    edits: [
      {
        file: merge,
        from: '=> field in set && sameValue(field, set[field], ours)',
        to: '=> false && sameValue(field, set[field], ours)',
      },
    ],
  },
  {
    rule: 'write-precondition',
    edits: [
      {
        file: 'src/activities/contact/push-record.ts',
        from: 'step.patch, { ...call, version: link.version }',
        to: 'step.patch, { ...call, version: null }',
      },
      {
        file: 'src/activities/contact/plan-write.ts',
        from: 'if (link && link.id !== request.justReadId && mustReadFirst(step, link))',
        to: 'if (link && link.id !== request.justReadId && mustReadFirst(step, link) && false)',
      },
    ],
  },
  {
    rule: 'stale-read-guard',
    edits: [
      {
        file: 'src/activities/contact/observe-record.ts',
        from: 'const againAfterMs = staleReadDelayMs(record, link, unit.deps.now());',
        to: 'const againAfterMs = null as number | null;',
      },
    ],
  },
  {
    rule: 'shadow-ring',
    edits: [{ file: stale, from: 'const believedAt = past ?', to: 'const believedAt = past && false ?' }],
  },
  { rule: 'echo-pair', edits: [{ file: apply, from: 'echoPairs[field] = { sent: sent[field], seen: shown };', to: '' }] },
  {
    rule: 'intent-and-reference',
    edits: [
      {
        file: create,
        from: 'const found = await findExistingRecord(deps, write, call);',
        to: 'const found = null as Awaited<ReturnType<typeof findExistingRecord>>;',
      },
      { file: create, from: '{ ...call, reference: write.link.reference }', to: '{ ...call, reference: crypto.randomUUID() }' },
      {
        file: 'src/activities/contact/match-new-record.ts',
        from: 'const own = await findOwnCreate(tx, link, record);',
        to: 'const own = null as Awaited<ReturnType<typeof findOwnCreate>>;',
      },
    ],
  },
  {
    rule: 'intent-payload-as-base',
    edits: [
      {
        file: 'src/activities/contact/store-write-result.ts',
        from: 'base: isOurs ? planned.intent_payload : null',
        to: 'base: isOurs ? record.values : null',
      },
      {
        file: 'src/activities/contact/match-new-record.ts',
        from: "by: 'reference', base: own.intent_payload",
        to: "by: 'reference', base: record.values",
      },
    ],
  },
  {
    rule: 'not-found-needs-confirmation',
    edits: [{ file: missing, from: 'if (waitMs > 0) {', to: 'if (waitMs > Number.MAX_SAFE_INTEGER) {' }],
  },
  {
    rule: 'undo-takes-back-the-merge',
    plays: 'apart',
    edits: [{ file: split, from: 'stays = withoutMerge(stays, { survivor, merged });', to: '' }],
  },
  {
    rule: 'edits-leave-with-their-record',
    plays: 'apart',
    edits: [
      { file: split, from: 'return { stays, leaves: edits.reduce(withEdit, other) };', to: 'return { stays, leaves: other };' },
    ],
  },
  {
    rule: 'lost-edits-come-back',
    plays: 'apart',
    edits: [{ file: split, from: 'const to = hasLost(edit) ? edit.losing : after;', to: 'const to = after;' }],
  },
  {
    rule: 'doubles-stay-in-step',
    edits: [
      {
        file: 'src/contacts/links-at.ts',
        from: "return { primary, doubles: [...others, ...inAccount.filter(({ state }) => state === 'intent')] };",
        to: 'return { primary, doubles: others.slice(others.length) };',
      },
    ],
  },
  {
    rule: 'merge-unites-values',
    edits: [
      {
        file: joining,
        from: 'const { fields, provenance, changes } = mergeFields(unit.contact, other, deps);',
        to: 'const [{ fields, provenance }, { changes }] = [unit.contact, mergeFields(unit.contact, other, deps)];',
      },
    ],
  },
  {
    rule: 'merge-keeps-refusals',
    edits: [{ file: joining, from: 'fields: { ...merged.fields, doNotContact }', to: 'fields: merged.fields' }],
  },
  {
    rule: 'merge-tells-what-lost',
    edits: [
      { file: joining, from: 'for (const change of changes) unit.addHistory(', to: 'for (const change of []) unit.addHistory(' },
    ],
  },
  {
    rule: 'rejected-pair-stays-apart',
    plays: 'apart',
    edits: [
      {
        file: 'src/domain/matching/recognise.ts',
        from: '.filter(({ rejected = [] }) => subject.contactId === null || !rejected.includes(subject.contactId))',
        to: '',
      },
      { file: joining, from: "(actor === 'accord' && (await isRejectedPair(tx, survivor.id, other.id)))", to: 'false' },
    ],
  },
  {
    rule: 'restored-value-yields-to-an-edit',
    plays: 'apart',
    edits: [
      {
        file: 'src/domain/merge/conflict.ts',
        from: 'if (ours?.provider === provider) return isNewer(updatedAt, ours.updatedAt);',
        to: '',
      },
    ],
  },
  {
    rule: 'refused-number-is-not-dialled',
    plays: 'lives',
    edits: [
      {
        file: audience,
        from: "const calls = keys.filter(({ channel }) => channel === 'call');",
        to: 'const calls = keys.slice(keys.length);',
      },
    ],
  },
  {
    rule: 'refused-contact-is-not-dialled',
    plays: 'lives',
    edits: [{ file: audience, from: "if (doNotContact.call) return { holds: true, because: 'must not be called' };", to: '' }],
  },
  {
    rule: 'deletion-needs-a-policy',
    plays: 'lives',
    edits: [
      {
        file: 'src/domain/deletes/plan-deletes.ts',
        from: "const because = policy === 'ask' ? 'policy' : findDoubt(rules, deleted, other, rate);",
        to: 'const because = findDoubt(rules, deleted, other, rate);',
      },
    ],
  },
  {
    rule: 'returned-record-ends-deletions',
    plays: 'lives',
    edits: [{ file: 'src/contacts/contact-unit.ts', from: 'if (this.#mustCheckDeletes) await withdrawDeletes(this);', to: '' }],
  },
  {
    rule: 'erased-person-is-kept-out',
    plays: 'lives',
    edits: [
      {
        file: 'src/activities/contact/observe-record.ts',
        from: 'const keptOut = isNew ? await keepErasedOut(transaction, read, record, erasureIds) : null;',
        to: 'const keptOut = null as Awaited<ReturnType<typeof keepErasedOut>>;',
      },
    ],
  },
  {
    rule: 'merge-at-a-vendor-is-followed',
    plays: 'lives',
    edits: [{ file: 'src/activities/contact/observe-record.ts', from: 'if (merged) return merged;', to: '' }],
  },
];
