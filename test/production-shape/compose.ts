import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { type RunningProcess, startProcess } from '#dev/processes/process.ts';
import { eventually } from '#test/setup/eventually.ts';

const run = promisify(execFile);

interface Service {
  command?: string | string[];
  entrypoint?: string[];
  environment?: Record<string, string | number>;
  volumes?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, unknown>;
}

/** One container: its place on this machine, and what its image has beside the settings of docker-compose.yml. */
export interface Container {
  service: string;
  /** A loopback address, which only this container uses. */
  address: string;
  /** The image's command, before that of the service. */
  image?: string[];
  /** Folders of the image's programs. */
  path?: string;
  /** Files of this machine for mounted ones. */
  files?: Record<string, string>;
  /** What differs on a machine without containers, such as the addresses of other services. */
  env?: Record<string, string>;
}

/** Runs the services of `docker-compose.yml` without containers: the same commands, environments, mounted files and health checks. */
export interface Compose {
  /** Runs a service that ends, and again while it fails, as `restart: on-failure` does. */
  complete(container: Container): Promise<void>;
  /** Starts a service, and waits until its health check passes. */
  start(container: Container): Promise<RunningProcess>;
  /** `docker compose exec`. Resolves to what the command prints. */
  exec(container: Container, command: string[]): Promise<string>;
}

/** `addresses` has those of this machine by those of the file. `directory` gets the logs. */
export function openCompose(dotEnv: NodeJS.Dict<string>, addresses: Record<string, string>, directory: string): Compose {
  const services = readServices(dotEnv);
  const started = new Set(['postgres']);

  function prepare({ service, address, image = [], path = '', files = {}, env: differing = {} }: Container) {
    const {
      command = [],
      entrypoint = image,
      environment = {},
      volumes = [],
      healthcheck,
      depends_on = {},
    } = services[service] ?? {};
    const early = Object.keys(depends_on).filter((each) => !started.has(each));
    if (early.length > 0) throw new Error(`${service} needs ${early.join(', ')}`);
    const mounts = volumes.map((each) => each.split(':')).filter(([source]) => source?.startsWith('.'));
    const here = {
      ...addresses,
      ...Object.fromEntries(mounts.map(([source = '', target = '']) => [target, resolve(source)])),
      ...files,
    };
    const outside = (text: string) =>
      Object.entries(here)
        .reduce((all, [inside, each]) => all.replaceAll(inside, each), text)
        .replace('/app/dist/workflow-bundle.js', String(process.env.ACCORD_TEST_WORKFLOW_BUNDLE))
        .replace(/0\.0\.0\.0|127\.0\.0\.1(?!:\d{5})/, address);
    const set = Object.entries(environment).map(([name, value]) => [name, outside(String(value))] as const);
    const env = { PATH: `${path}:${process.env.PATH}`, ...Object.fromEntries(set), ...differing };
    return { argv: [...entrypoint, ...[command].flat()].map(outside), env, health: healthcheck?.test.slice(1).map(outside) };
  }

  return {
    async complete(container) {
      const { argv, env } = prepare(container);
      await eventually(() => runAs(argv, env), 120_000);
      started.add(container.service);
    },
    async start(container) {
      const { argv, env, health } = prepare(container);
      const [command = '', ...args] = argv;
      const check = () => (health ? eventually(() => runAs(health, env), 120_000) : Promise.resolve());
      const logFile = join(directory, `${container.service}.log`);
      const running = await startProcess({
        name: container.service,
        command,
        args,
        env,
        logFile,
        ready: async () => void (await check()),
      });
      started.add(container.service);
      return running;
    },
    exec(container, command) {
      return runAs(command, prepare(container).env);
    },
  };
}

async function runAs([program = '', ...args]: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await run(program, args, { env });
  return stdout;
}

/** The file's services with the values of variables. A `$$` is a `$`. */
function readServices(dotEnv: NodeJS.Dict<string>): Record<string, Service> {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
  const isText = (value: unknown): value is string => typeof value === 'string';
  return JSON.parse(JSON.stringify(services), (_, value) => (isText(value) ? withValues(value, dotEnv) : value));
}

function withValues(text: string, dotEnv: NodeJS.Dict<string>): string {
  return text.replace(/\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name?: string, sign?: string, word = '') => {
    if (!name) return '$';
    const value = dotEnv[name];
    if (!value && sign === '?') throw new Error(`${name} ${word}`);
    return value || (sign === '-' ? word : '');
  });
}
