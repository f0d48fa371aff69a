import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const stateSchema = z.object({
  /** Taken again at the next start, where they are free. */
  ports: z.object({
    api: z.number(),
    temporal: z.number(),
    temporalUi: z.number(),
    postgres: z.number(),
    gohighlevel: z.number(),
    calltools: z.number(),
    // Not in folders of before these two sandboxes.
    square: z.number().default(4103),
    google: z.number().default(4104),
  }),
  postgresPassword: z.string(),
  /** 32 bytes, base64. */
  encryptionKey: z.string(),
  /** Null until the database is there to know it. */
  apiKey: z.string().nullable(),
  /** Whether the sample contacts are in the sandbox of GoHighLevel, and whether they were synced from there to all the others. */
  imported: z.boolean(),
  // Not in folders of before there were all the others.
  syncedEverywhere: z.boolean().default(false),
  /** How many times live edits were shown: each takes other contacts. */
  shown: z.number(),
});

/** What a stack remembers between two starts. */
export type StackState = z.infer<typeof stateSchema>;

/** The state kept in the folder, or a new one with fresh secrets. Throws when a person's edit made it unreadable. */
export async function readStackState(directory: string): Promise<{ state: StackState; isNew: boolean }> {
  const text = await readFile(stateFile(directory), 'utf8').catch(() => null);
  if (text === null) return { state: newState(), isNew: true };
  try {
    return { state: stateSchema.parse(JSON.parse(text)), isNew: false };
  } catch (error) {
    throw new Error(`${stateFile(directory)} cannot be read: put it right, or start over with --fresh.`, { cause: error });
  }
}

export function writeStackState(directory: string, state: StackState): Promise<void> {
  return writePrivateFile(stateFile(directory), state);
}

/** Whole or not at all, and for this user's eyes only. */
export async function writePrivateFile(path: string, content: unknown): Promise<void> {
  const scratch = `${path}.${process.pid}`;
  await writeFile(scratch, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(scratch, path);
}

function stateFile(directory: string): string {
  return join(directory, 'stack.json');
}

function newState(): StackState {
  return {
    ports: {
      api: 8080,
      temporal: 7233,
      temporalUi: 8233,
      postgres: 15432,
      gohighlevel: 4101,
      calltools: 4102,
      square: 4103,
      google: 4104,
    },
    postgresPassword: randomBytes(18).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
    apiKey: null,
    imported: false,
    syncedEverywhere: false,
    shown: 0,
  };
}
