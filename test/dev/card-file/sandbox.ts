import { createHmac, randomUUID } from 'node:crypto';
import { Router } from 'express';
import { z } from 'zod';
import { accountSchema, defineSandbox } from '#sandbox/core/define-sandbox.ts';
import type { Person, PersonEdit } from '#sandbox/core/people.ts';
import type { SandboxContext } from '#sandbox/core/sandbox.ts';

const settingsSchema = z.strictObject({
  token: z.string().default('card-file-token'),
  webhookSecret: z.string().default('card-file-webhook-secret'),
});
type Settings = z.output<typeof settingsSchema>;

const cardSchema = z.object({
  givenName: z.string().nullable(),
  familyName: z.string().nullable(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  reference: z.string().nullable().default(null),
});
export type Card = z.output<typeof cardSchema> & { id: string };

const changeSchema = z.object({
  givenName: cardSchema.shape.givenName.exactOptional(),
  familyName: cardSchema.shape.familyName.exactOptional(),
  phone: cardSchema.shape.phone.exactOptional(),
  email: cardSchema.shape.email.exactOptional(),
});

const emptyCard = { givenName: null, familyName: null, phone: null, email: null, reference: null };

/** A vendor that exists in this test only: one card per person, and a signed webhook for each change. */
export const cardFileSandbox = defineSandbox({
  id: 'cardfile',
  title: 'Card File',
  defaultPort: 4199,
  apiPath: '/cards',
  settings: settingsSchema,
  presets: { unlimited: {}, immediate: {}, stack: {} },
  account: accountSchema({ token: z.string(), webhookSecret: z.string() }),
  published: ['token'],
  environment: ({ url, token, webhookSecret }) => ({
    ...{ CARDFILE_BASE_URL: url, CARDFILE_API_KEY: token, CARDFILE_WEBHOOK_SECRET: webhookSecret },
  }),
  sampleEdit: { of: 'plain', describe: () => 'has a new card', change: ({ familyName }) => ({ familyName }) },
  retryRule: () => () => null,
  build(context) {
    const cards = createCards(context);
    return {
      routes: routesOf(cards, context),
      records: { list: () => ({ cards: [...cards.all()] }), change: () => ({}) },
      people: {
        *all() {
          for (const card of cards.all()) yield toPerson(card);
        },
        save: (edits) => edits.map(({ id, ...edit }) => cards.put(id ?? randomUUID(), fieldsOf(edit)).id),
      },
      info: () => ({ ...context.settings.current }),
    };
  },
});

type Cards = ReturnType<typeof createCards>;

function createCards({ store, webhooks, settings }: SandboxContext<Settings>) {
  const cards = store.collection<Card>('cards');
  return {
    all: () => cards.values(),
    find: (id: string) => cards.get(id),
    put(id: string, change: Partial<Card>): Card {
      const card = { ...emptyCard, ...cards.get(id), ...change, id };
      cards.put(id, card);
      const body = JSON.stringify({ event: randomUUID(), card: id });
      const signature = createHmac('sha256', settings.current.webhookSecret).update(body).digest('hex');
      webhooks.send({
        event: 'card.changed',
        body,
        headers: () => ({ 'content-type': 'application/json', 'x-signature': signature }),
      });
      return card;
    },
  };
}

function routesOf(cards: Cards, { settings }: SandboxContext<Settings>): Router {
  const router = Router();
  router.use((request, response, next) => {
    if (request.get('authorization') === `Bearer ${settings.current.token}`) next();
    else response.status(401).end();
  });
  // The frame has read the body already, as bytes.
  router.use((request, _, next) => {
    request.body = Buffer.isBuffer(request.body) ? JSON.parse(request.body.toString()) : undefined;
    next();
  });
  router.get('/cards', (_, response) => void response.json([...cards.all()]));
  router.get('/cards/:id', (request, response) => {
    const card = cards.find(request.params.id);
    if (card) response.json(card);
    else response.status(404).end();
  });
  router.post('/cards', (request, response) => {
    response.status(201).json(cards.put(randomUUID(), cardSchema.parse({ ...emptyCard, ...request.body })));
  });
  router.patch('/cards/:id', (request, response) => {
    response.json(cards.put(request.params.id, changeSchema.parse(request.body)));
  });
  return router;
}

function toPerson({ id, givenName, familyName, phone, email }: Card): Person {
  return {
    id,
    givenName: givenName ?? undefined,
    familyName: familyName ?? undefined,
    phones: phone === null ? [] : [phone],
    emails: email === null ? [] : [email],
  };
}

function fieldsOf({ givenName, familyName, phone, email }: PersonEdit): Partial<Card> {
  return {
    ...(givenName !== undefined && { givenName }),
    ...(familyName !== undefined && { familyName }),
    ...(phone !== undefined && { phone }),
    ...(email !== undefined && { email }),
  };
}
