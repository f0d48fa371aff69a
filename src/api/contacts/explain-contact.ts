import type { z } from 'zod';
import { showConsent } from '#api/consent/show-consent.ts';
import type { ApiDeps } from '#api/deps.ts';
import { compareRecords } from '#contacts/plan/compare-records.ts';
import { planLoaded } from '#contacts/plan/plan-contacts.ts';
import { toSubject } from '#contacts/plan/plan-targets.ts';
import { listEvidence } from '#db/consent/evidence.ts';
import type { StoredContact } from '#db/contacts/contacts.ts';
import { listHistory } from '#db/contacts/history.ts';
import type { Link } from '#db/contacts/links.ts';
import { listOpenConflicts, listWaitingSubmissions } from '#db/contacts/lists/open-decisions.ts';
import { listOpenQuestions, type OpenQuestion } from '#db/contacts/matching/open-questions.ts';
import { listRefused } from '#db/contacts/refused-keys.ts';
import { evaluateAudience, type Subject } from '#domain/audience.ts';
import { findRuleValue } from '#domain/audience-values.ts';
import { rulesAgainstDoubles } from '#domain/matching/recognise.ts';
import { toReachKeys } from '#domain/refusal.ts';
import type { explainedContact, openDecision } from './contact-schemas.ts';
import { describeWorkflow } from './contact-workflow.ts';
import { showEntry } from './history-entry.ts';
import { showFields } from './show-fields.ts';
import { toFullName } from './show-name.ts';
import { findVendorPage } from './vendor-page.ts';

const maxHistory = 50;

/** A contact with everything that explains its state. `mergedId`: the contact that the caller named, if it was merged into this one. */
export async function explainContact(
  deps: ApiDeps,
  contact: StoredContact,
  { mergedId }: { mergedId: string | null },
): Promise<z.input<typeof explainedContact>> {
  const { id, revision, syncStatus, isCustomer, isDeleted, fields } = contact;
  const [refused, evidence, [planned], history, workflow, openDecisions, questions] = await Promise.all([
    listRefused(deps.db, id, toReachKeys(fields, deps.contacts.ownAddresses)),
    listEvidence(deps.db, id, { keys: toReachKeys(fields, undefined).all, limit: maxHistory }),
    planLoaded(deps.contacts, [contact]),
    listHistory(deps.db, id, maxHistory),
    describeWorkflow(deps, id),
    listOpenDecisions(deps, id),
    syncStatus === 'waiting' ? listOpenQuestions(deps.db, id, { exceptRules: rulesAgainstDoubles }) : [],
  ]);
  const subject = toSubject(contact, refused);
  return {
    ...{ id, mergedId, name: toFullName(fields), revision, syncStatus, isCustomer, isDeleted },
    fields: showFields(fields, deps.contacts.extras),
    refused: refused.map((key) => ({ ...key, isListed: key.isListed === true })),
    consent: showConsent(contact, refused, evidence),
    origins: showOrigins(contact),
    comparison: planned === undefined ? [] : showComparison(deps, planned),
    waitsFor: questions.map(showQuestion),
    openDecisions,
    links: (planned?.links ?? []).map((each) => fromLink(deps, each)),
    audiences: deps.audiences.map((audience) => explainAudience(audience, subject)),
    workflow,
    history: history.map(showEntry),
  };
}

function explainAudience(audience: ApiDeps['audiences'][number], subject: Subject) {
  const { checks, ...verdict } = evaluateAudience(audience, subject);
  return { ...verdict, checks: checks.map((check) => ({ ...check, value: findRuleValue(check.rule, subject) })) };
}

function showOrigins({ provenance }: StoredContact) {
  return Object.fromEntries(
    Object.entries(provenance).flatMap(([field, origin]) => {
      if (!origin) return [];
      const { provider, changedAt, updatedAt = null } = origin;
      return [[field, { provider, changedAt, updatedAt }] as const];
    }),
  );
}

function showComparison(deps: ApiDeps, planned: Parameters<typeof compareRecords>[1]) {
  return compareRecords(deps.contacts, planned).map(({ field, value, records }) => ({
    ...{ field, value },
    records: records.map(({ link, value: theirs = null, state }) => ({
      ...{ linkId: link.id, provider: link.provider, externalId: link.external_id, url: pageOf(deps, link) },
      ...{ value: theirs, state },
    })),
  }));
}

async function listOpenDecisions({ db }: ApiDeps, id: string): Promise<z.input<typeof openDecision>[]> {
  const [questions, conflicts, submissions] = await Promise.all([
    listOpenQuestions(db, id, { exceptRules: [] }),
    listOpenConflicts(db, id),
    listWaitingSubmissions(db, id),
  ]);
  return [
    ...questions.map(({ candidateId, otherId }) => ({
      ...{ kind: 'candidate' as const, id: candidateId, otherContactId: otherId, changes: [] },
      ...{ provider: null, since: null, says: `This may be the person of contact ${otherId}.` },
    })),
    ...conflicts.map(({ id: entryId, provider, field, theirs, since }) => ({
      ...{ kind: 'conflict' as const, id: entryId, otherContactId: null, changes: [{ field, before: null, after: theirs }] },
      ...{ provider, since: since.toISOString(), says: `${provider} keeps another value of ${field} until a person decides.` },
    })),
    ...submissions.map(({ id: submissionId, form, pending, receivedAt }) => ({
      ...{ kind: 'submission' as const, id: submissionId, otherContactId: null, changes: pending },
      ...{ provider: 'webform', since: receivedAt.toISOString() },
      says: `A submission of the form ${form} waits for proof of its sender.`,
    })),
  ];
}

function showQuestion({ candidateId, otherId, providers }: OpenQuestion) {
  const where = providers.length === 0 ? '' : ` (${providers.join(', ')})`;
  const because = `This may be the person of contact ${otherId}${where}: no record is created until candidate ${candidateId} is accepted or rejected.`;
  return { candidateId, contactId: otherId, because };
}

/** The ids of custom fields are no values. */
function withoutIds({ customFieldIds: _, ...values }: NonNullable<Link['shadow']>) {
  return values;
}

const pageOf = (deps: ApiDeps, { provider, account_id: accountId, external_id: externalId }: Link) =>
  findVendorPage(deps, { provider, accountId, externalId });

function fromLink(deps: ApiDeps, link: Link) {
  return {
    id: link.id,
    provider: link.provider,
    accountId: link.account_id,
    externalId: link.external_id,
    url: pageOf(deps, link),
    state: link.state,
    origin: link.origin,
    shadow: link.shadow && withoutIds(link.shadow),
    held: { ...link.held },
    missingSince: link.missing_since?.toISOString() ?? null,
    changedAt: link.changed_at?.toISOString() ?? null,
    observedAt: link.observed_at?.toISOString() ?? null,
    pushedAt: link.pushed_at?.toISOString() ?? null,
    lastError: link.last_error,
  };
}
