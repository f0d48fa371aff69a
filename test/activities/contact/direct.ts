import { afterAll, beforeAll } from '@jest/globals';
import { observeRecord } from '#activities/contact/observe-record.ts';
import { pushRecord } from '#activities/contact/push-record.ts';
import { findContact, type StoredContact } from '#db/contacts/contacts.ts';
import { claimLink, type Link, listLinks } from '#db/contacts/links.ts';
import { type Accord, type AccordOptions, control, startAccord } from '#test/setup/accord.ts';
import { nextPhone } from '#test/setup/people.ts';

export interface Person {
  /** The id in GHL. */
  id: string;
  phone: string;
  linkId: string;
  contactId: string;
}

/** Calls activities directly, on a real database and the real sandboxes, without workflows. */
export function useActivities(options: AccordOptions = {}) {
  let accord: Accord;
  beforeAll(async () => {
    accord = await startAccord({ workersInside: false, ...options });
  });
  afterAll(() => accord.close());

  const ghl = (change: object) =>
    control<{ contacts: string[] }>(accord.sandboxes.gohighlevel, 'POST', 'records', { webhooks: false, ...change });

  return {
    get accord(): Accord {
      return accord;
    },

    /** A person in GHL whose record Accord has not read yet. */
    async unseen(contact: object = {}): Promise<Person> {
      const phone = nextPhone();
      const { contacts } = await ghl({ contacts: [{ firstName: 'Ada', lastName: 'Lovelace', phone, ...contact }] });
      const id = contacts[0] as string;
      const { accountId } = accord.clients.gohighlevel;
      const link = await claimLink(accord.db, { provider: 'gohighlevel', accountId, externalId: id });
      return { id, phone, linkId: link.id, contactId: link.contact_id };
    },

    changeInGhl: (id: string, change: object) => ghl({ contacts: [{ id, ...change }] }),
    deleteInGhl: (id: string) => ghl({ delete: [id] }),

    observe: ({ linkId }: Pick<Person, 'linkId'>) => observeRecord(accord.deps, { linkId, cause: 'test' }, {}),

    push: ({ contactId }: Pick<Person, 'contactId'>, owner = 'test') =>
      pushRecord(accord.deps, { contactId, provider: 'calltools', cause: 'test', owner }, {}),

    contact: async ({ contactId }: Pick<Person, 'contactId'>) => (await findContact(accord.db, contactId)) as StoredContact,

    async link({ contactId }: Pick<Person, 'contactId'>, provider: string): Promise<Link> {
      const links = await listLinks(accord.db, contactId);
      return links.findLast((link) => link.provider === provider) as Link;
    },

    history: ({ contactId }: Pick<Person, 'contactId'>) =>
      accord.db
        .selectFrom('contact_history')
        .select(['kind', 'actor', 'provider', 'field', 'before', 'after', 'losing', 'cause'])
        .where('contact_id', '=', contactId)
        .orderBy('id')
        .execute(),
  };
}
