import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { z } from 'zod';
import type { Person } from '#sandbox/core/people.ts';
import { type SandboxOptions, startSandbox } from '#sandbox/core/sandbox.ts';

const settingsSchema = z.strictObject({
  greeting: z.string().default('hello'),
  retryAfterMs: z.number().nullable().default(600_000),
});
type NoteSettings = z.output<typeof settingsSchema>;

/** The smallest vendor that exercises the whole frame: it keeps notes and sends a webhook for each. */
export function startNoteSandbox(options: SandboxOptions<NoteSettings> = {}) {
  return startSandbox<NoteSettings>(
    {
      id: 'notes',
      title: 'Notes',
      settings: settingsSchema,
      retryRule: (settings) => () => settings.retryAfterMs,
      build({ store, clock, webhooks, settings }) {
        const notes = store.collection<{ text: string; at: string }>('notes');
        const keep = (id: string, text: string) => {
          notes.put(id, { text, at: clock.isoNow() });
          webhooks.send({ event: 'Note', body: JSON.stringify({ id, text }), headers: () => ({ 'x-vendor': 'notes' }) });
          return id;
        };
        const routes = Router();
        routes.get('/greeting', (_, response) => void response.json({ greeting: settings.current.greeting }));
        routes.get('/notes/:id', (request, response) => void response.json(notes.get(request.params.id) ?? null));
        routes.put('/notes/:id', (request, response) => {
          keep(request.params.id, String(request.body));
          response.status(201).json({ id: request.params.id });
        });
        return {
          routes,
          records: {
            list: () => [...notes.values()],
            change: (body) =>
              z
                .array(z.object({ id: z.string(), text: z.string() }))
                .parse(body)
                .map(({ id, text }) => keep(id, text)).length,
          },
          people: {
            *all(): Iterable<Person> {
              for (const [index, { text }] of [...notes.values()].entries())
                yield { id: String(index), phones: [], emails: [], note: text };
            },
            save: (edits) => edits.map(({ id = randomUUID(), note }) => keep(id, note ?? '')),
          },
          info: () => ({ token: 'note-token' }),
        };
      },
    },
    options,
  );
}
