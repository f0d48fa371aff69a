import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Sandbox } from './core/define-sandbox.ts';
import { sandboxes as builtIn } from './index.ts';

/** A sandbox that is set to null does not start. */
const sandboxAt = (defaultPort: number) =>
  z
    .strictObject({
      /** 0 for any free port. */
      port: z.number().int().min(0).max(65_535).default(defaultPort),
      webhookTargets: z.array(z.url()).default([]),
      /** The settings of docs/sandboxes.md. The sandbox checks them itself. */
      settings: z.record(z.string(), z.unknown()).default({}),
      /** Names of further accounts. */
      accounts: z.array(z.string().regex(/^[a-z\d]+(-[a-z\d]+)*$/)).default([]),
    })
    .nullable()
    .prefault({});

/** The configuration of the process that runs the sandboxes. */
export function sandboxesConfigSchema(sandboxes: readonly Sandbox[]) {
  return z.strictObject({
    host: z.string().default('127.0.0.1'),
    /** Each sandbox keeps its state in a directory of this one. State lives in memory when it is absent. */
    dataDirectory: z.string().optional(),
    sandboxes: z
      .strictObject(Object.fromEntries(sandboxes.map(({ id, defaultPort }) => [id, sandboxAt(defaultPort)])))
      .prefault({}),
  });
}

export type SandboxesConfig = z.output<ReturnType<typeof sandboxesConfigSchema>>;

/**
 * Reads the JSON file at the path `argument`; without one, `SANDBOX_CONFIG`, which holds JSON or the path of a JSON file; without
 * both, all defaults. Throws a ZodError when a value is wrong.
 */
export function parseConfig(
  environment: NodeJS.ProcessEnv,
  argument?: string,
  sandboxes: readonly Sandbox[] = builtIn,
): SandboxesConfig {
  const source = argument ?? environment.SANDBOX_CONFIG ?? '{}';
  const text = source.trimStart().startsWith('{') ? source : readFileSync(source, 'utf8');
  return sandboxesConfigSchema(sandboxes).parse(JSON.parse(text));
}
