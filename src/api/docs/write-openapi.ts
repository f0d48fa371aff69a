import { writeFileSync } from 'node:fs';
import { providers } from '#providers/index.ts';
import { toYaml } from './docs.ts';
import { buildOpenApi } from './openapi.ts';

writeFileSync(new URL('../../../docs/openapi.yaml', import.meta.url), toYaml(buildOpenApi(providers)));
