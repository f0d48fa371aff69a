import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A sandbox that is set to null is not started. */
const sandboxAt = (port: number) =>
  z
    .strictObject({
      /** 0: any free port. */
      port: z.number().int().min(0).max(65_535).default(port),
      webhookTargets: z.array(z.url()).default([]),
      /** The knobs of docs/sandboxes.md, checked by the sandbox itself. */
      settings: z.record(z.string(), z.unknown()).default({}),
    })
    .nullable()
    .prefault({});

const configSchema = z.strictObject({
  host: z.string().default('127.0.0.1'),
  /** One directory in it for each sandbox; absent: state lives in memory. */
  dataDirectory: z.string().optional(),
  sandboxes: z
    .strictObject({
      gohighlevel: sandboxAt(4101),
      calltools: sandboxAt(4102),
      square: sandboxAt(4103),
      google: sandboxAt(4104),
    })
    .prefault({}),
});
export type SandboxesConfig = z.output<typeof configSchema>;

/** From the JSON file named as argument, else from `SANDBOX_CONFIG` (JSON, or the path of a file with it), else all defaults. */
export function parseConfig(environment: NodeJS.ProcessEnv, argument?: string): SandboxesConfig {
  const source = argument ?? environment.SANDBOX_CONFIG ?? '{}';
  const text = source.trimStart().startsWith('{') ? source : readFileSync(source, 'utf8');
  return configSchema.parse(JSON.parse(text));
}
