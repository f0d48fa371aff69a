import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { maxSampleContacts } from '#dev/demonstration/sample-contacts.ts';
import { builtIn } from './integrations.ts';

const serverPorts = { api: 8080, temporal: 7233, temporalUi: 8233, postgres: 15432 };

/** A folder of an earlier release lacks the ports of sandboxes that were added since. */
function stateSchema({ sandboxes } = builtIn) {
  const sandboxPorts = Object.fromEntries(sandboxes.map(({ id, defaultPort }) => [id, defaultPort]));
  const port = z.number();
  return z.object({
    ports: z
      .object({ api: port, temporal: port, temporalUi: port, postgres: port })
      .catchall(port)
      .transform((ports) => ({ ...sandboxPorts, ...ports })),
    postgresPassword: z.string(),
    /** 32 bytes, base64. */
    encryptionKey: z.string(),
    /** Null until the database knows the key. */
    apiKey: z.string().nullable(),
    /** The number of sample contacts, without those that lookalikes resemble. */
    contacts: z.number().default(maxSampleContacts),
    /** Whether the sample contacts are in their sandboxes. */
    imported: z.boolean(),
    /** Whether the other sandboxes have got their lookalikes of sample contacts. Absent in folders of earlier releases. */
    hasLookalikes: z.boolean().default(false),
    /** Whether the first sync has brought the sample contacts to all other providers. Absent in folders of earlier releases. */
    syncedEverywhere: z.boolean().default(false),
    /** How many demonstrations have run: each edits other contacts. */
    shown: z.number(),
  });
}

/** The state that a stack keeps in `stack.json` between two starts. `ports` has a key for each server and each sandbox. */
export type StackState = z.output<ReturnType<typeof stateSchema>>;

/** Reads the state of the folder, or makes a new one with fresh secrets. Throws when the file is not valid. */
export async function readStackState(directory: string, integrations = builtIn): Promise<{ state: StackState; isNew: boolean }> {
  const text = await readFile(stateFile(directory), 'utf8').catch(() => null);
  const schema = stateSchema(integrations);
  if (text === null) return { state: schema.parse(newState()), isNew: true };
  try {
    return { state: schema.parse(JSON.parse(text)), isNew: false };
  } catch (error) {
    throw new Error(`Cannot read ${stateFile(directory)}. Correct the file, or start over with --fresh.`, { cause: error });
  }
}

/** Writes the state to `stack.json`, with its secrets readable by this user only. */
export function writeStackState(directory: string, state: StackState): Promise<void> {
  return writePrivateFile(stateFile(directory), state);
}

/** Writes JSON that only this user may read. A reader never sees half of the file. */
export async function writePrivateFile(path: string, content: unknown): Promise<void> {
  const scratch = `${path}.${process.pid}`;
  await writeFile(scratch, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(scratch, path);
}

function stateFile(directory: string): string {
  return join(directory, 'stack.json');
}

function newState(): z.input<ReturnType<typeof stateSchema>> {
  return {
    ports: { ...serverPorts },
    postgresPassword: randomBytes(18).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
    apiKey: null,
    contacts: maxSampleContacts,
    imported: false,
    hasLookalikes: false,
    syncedEverywhere: false,
    shown: 0,
  };
}
