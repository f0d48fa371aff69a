import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { findSecretNames } from '#config/variables.ts';
import { providers } from '#providers/index.ts';

interface Service {
  image?: string;
  build?: string;
  command?: string | string[];
  entrypoint?: string[];
  restart?: string;
  environment?: Record<string, string | number>;
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  deploy?: { replicas?: number; resources?: { limits?: { memory?: string } } };
  logging?: { driver: string; options: Record<string, string> };
}

const read = (path: string) => readFileSync(path, 'utf8');

const composeFile = read('docker-compose.yml');
const { services, volumes } = parse(composeFile, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const all = Object.entries(services);
const ours = all.filter(([, { build }]) => build);
const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ');
const packageFile = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  devDependencies: Record<string, string>;
  engines: { node: string };
};
const offered = new Set([...read('.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name));

describe('docker-compose.yml', () => {
  it('runs two copies of the api and of the worker', () => {
    expect([services.api?.deploy?.replicas, services.worker?.deploy?.replicas]).toEqual([2, 2]);
  });

  it('asks for no variable that .env.example does not name', () => {
    const asked = [...composeFile.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    expect(asked.filter((name) => !offered.has(name))).toEqual([]);
  });

  it.each(ours)('sets no variable for %s that Accord does not read', (_, { environment = {} }) => {
    expect(Object.keys(environment).filter((name) => !offered.has(name))).toEqual([]);
  });

  it('gives each service the secrets that it reads, and no others', () => {
    expect(ours.filter(([, service]) => 'env_file' in service)).toEqual([]);
    const [api = [], worker = [], migrate = []] = ['api', 'worker', 'migrate'].map((name) =>
      Object.keys(services[name]?.environment ?? {}),
    );
    const vendors = providers.flatMap(({ secretsSchema }) => findSecretNames(secretsSchema).all);
    expect(vendors.filter((name) => !api.includes(name))).toEqual([]);
    const readers = globSync('src/{providers,api,activities,workflows}/**/*.ts').map((path) => ({ path, text: read(path) }));
    // The code that connects accounts and checks what arrives runs in the api alone.
    const ofIngress = /\/(webhook|webhook-signature|webhook-subscription|signature|connector)\.ts$|^src\/api\//;
    // Settings define every variable, and use some: `{ GHL_CLIENT_ID: clientId }`.
    const isIn = (name: string, path: string, text: string) =>
      path.endsWith('/settings.ts') ? new RegExp(`\\b${name}: \\w+[, }]`).test(text) : text.includes(name);
    const reads = (name: string, isIngress: boolean) =>
      readers.some(({ path, text }) => isIn(name, path, text) && ofIngress.test(path) === isIngress);
    const ofApiOnly = vendors.filter((name) => reads(name, true) && !reads(name, false));
    expect(vendors.filter((name) => !worker.includes(name))).toEqual(ofApiOnly);
    expect(migrate.filter((name) => vendors.includes(name) || name.includes('ENCRYPTION'))).toEqual([]);
    expect([...api, ...worker].filter((name) => /^(POSTGRES|ACCORD_API)_/.test(name))).toEqual([]);
  });

  it('connects as roles that own their databases and are no superusers', () => {
    const script = read('deploy/postgres-roles.sh');
    const created = [...script.matchAll(/^create role (\w+) login password/gm)].map(([, name]) => name);
    expect(created).toEqual(['accord', 'temporal']);
    expect(script).not.toMatch(/\bsuperuser;|createrole/);
    const users = [...composeFile.matchAll(/(?:USER: |postgres:\/\/)(\w+)/g)].map(([, name]) => name);
    expect(users.filter((name) => !created.includes(name))).toEqual([]);
    const databases = [...script.matchAll(/^create database (\w+) owner (\w+);$/gm)].map(([, name, owner]) => [name, owner]);
    expect(databases).toEqual([
      ['accord', 'accord'],
      ['temporal', 'temporal'],
      ['temporal_visibility', 'temporal'],
    ]);
  });

  it.each(ours)('runs %s by a command that there is', (_, { command = [] }) => {
    expect(existsSync(`src/cli/${command[0]}.ts`)).toBe(true);
  });

  it.each(all)('mounts files that there are into %s', (_, service) => {
    for (const { source } of mountsOf(service)) {
      expect(source.startsWith('./') ? existsSync(source) : source in volumes).toBe(true);
    }
  });

  it.each(all.filter(([, { entrypoint }]) => entrypoint))('runs %s by a script that is mounted', (_, service) => {
    const mount = mountsOf(service).find(({ target }) => target === service.command);
    expect(read(mount?.source ?? 'no mount').startsWith('#!/bin/sh\n')).toBe(true);
  });

  it.each(all)('waits for what %s needs in a way that can come true', (_, { depends_on = {} }) => {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      const needed = services[name];
      if (condition === 'service_healthy') expect(needed?.healthcheck).toBeDefined();
      else expect([condition, needed?.restart]).toEqual(['service_completed_successfully', 'on-failure:5']);
    }
  });

  it('names services by the names and ports that they have', () => {
    const addresses = [...composeFile.matchAll(/(?:@|: )([a-z-]+):(\d{4})\b/g)].map(([, host, port]) => `${host}:${port}`);
    expect(new Set(addresses)).toEqual(new Set(['postgres:5432', 'temporal:7233']));
    expect(Object.keys(services)).toEqual(expect.arrayContaining(['postgres', 'temporal']));
  });

  it('leads from the edge, the only published service but the Web UI on this machine, to the port on which the api listens', () => {
    const caddyfile = read('deploy/Caddyfile');
    const [, host = '', port] = /name (\w+)\n\s+port (\d+)/.exec(caddyfile) ?? [];
    expect(services[host]?.environment?.PORT).toBe(Number(port));
    expect(services.api?.healthcheck?.test.join(' ')).toContain(`127.0.0.1:${port}/readyz`);
    const published = all.filter(([, { ports = [] }]) => ports.some((each) => !each.startsWith('127.0.0.1:')));
    expect(published.map(([name]) => name)).toEqual(['edge']);
    expect(caddyfile).not.toContain('trusted_proxies');
    expect(caddyfile).toMatch(/@inside path \/metrics \/w\/\*\/metrics\n\s+respond @inside 404/);
  });

  it('answers as the api does that cannot store: 429 to vendors that repeat a webhook after nothing else', () => {
    const [, pattern = ''] = /@gohighlevel path_regexp (\S+)/.exec(read('deploy/Caddyfile')) ?? [];
    const routes = providers.flatMap(({ webhookRoutes = [] }) => webhookRoutes);
    for (const status of [429, 503]) {
      const ofStatus = routes.filter((route) => route.whenUnavailable.status === status).flatMap((route) => route.paths);
      // The URL of one account, and those of a workspace.
      const paths = ofStatus.flatMap((path) => [path, `${path}/another-account`, `/w/acme${path}`]);
      expect(paths.map((path) => [path, new RegExp(pattern).test(path)])).toEqual(paths.map((path) => [path, status === 429]));
    }
  });

  it('limits the memory and the logs of each service that stays, and mounts the settings', () => {
    const staying = all.filter(([, { restart }]) => restart === 'unless-stopped');
    expect(staying.length).toBeGreaterThan(5);
    for (const [name, { logging, deploy }] of staying) {
      expect([name, logging?.options['max-size'], typeof deploy?.resources?.limits?.memory]).toEqual([name, '10m', 'string']);
    }
    for (const [name, service] of ours)
      expect([name, mountsOf(service).map(({ target }) => target)]).toEqual([name, ['/app/accord.yaml']]);
  });

  it('keeps every secret out of the file', () => {
    const secrets = [...composeFile.matchAll(/(?:PASSWORD|PWD|SECRET|KEY): (.*)/g)].map(([, value]) => value);
    expect(secrets.filter((value) => !value?.startsWith('${'))).toEqual([]);
  });
});

describe('deploy/monitoring/prometheus.yaml', () => {
  interface Job {
    job_name: string;
    metrics_path?: string;
    dns_sd_configs: { names: string[]; port: number }[];
  }
  const { rule_files: rules, scrape_configs: jobs } = parse(read('deploy/monitoring/prometheus.yaml')) as {
    rule_files: string[];
    scrape_configs: Job[];
  };

  it('reads every copy of the api and the worker at the port that docker-compose.yml gives it, and rules that there are', () => {
    const targets = jobs.map(({ dns_sd_configs: [{ names, port } = { names: [], port: 0 }] }) => [...names, port]);
    const { environment: ofWorker = {} } = services.worker ?? {};
    expect(targets).toEqual([
      ['api', services.api?.environment?.PORT],
      ['worker', Number(String(ofWorker.WORKER_METRICS_ADDRESS).split(':')[1])],
    ]);
    expect(services.worker?.ports).toBeUndefined();
    expect(services.worker?.healthcheck?.test.join(' ')).toContain(`127.0.0.1:${targets[1]?.[1]}/metrics`);
    expect(rules.filter((file) => !existsSync(`deploy/monitoring/${file}`))).toEqual([]);
  });

  it('has the jobs that the alerts and the dashboard know', () => {
    const asked = [read('deploy/monitoring/alerts.yaml'), read('deploy/monitoring/grafana-dashboard.json')].flatMap((text) =>
      [...text.matchAll(/job=~\\?"([^"\\]+)/g)].map(([, pattern = '']) => new RegExp(`^(?:${pattern})$`)),
    );
    expect(asked.length).toBeGreaterThan(1);
    for (const pattern of asked) expect(jobs.map(({ job_name: name }) => pattern.test(name))).toEqual([true, true]);
  });
});

describe('Dockerfile', () => {
  it('copies files that there are, and that .dockerignore lets in', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
    const let_in = read('.dockerignore').split('\n');
    expect(copied.length).toBeGreaterThan(3);
    const isLetIn = (path: string) => let_in.some((line) => `!${path}/`.startsWith(`${line}/`));
    expect(copied.filter((path) => !existsSync(path) || !isLetIn(path))).toEqual([]);
  });

  it('runs scripts and a command that there are', () => {
    const scripts = [...dockerfile.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    const [, entry = '', command = ''] = /ENTRYPOINT \["node", "(.*)"\]\nCMD \["(.*)"\]/.exec(dockerfile) ?? [];
    expect(scripts.filter((name) => !(name in packageFile.scripts))).toEqual([]);
    expect([existsSync(entry), existsSync(`src/cli/${command}.ts`)]).toEqual([true, true]);
  });

  it('sets variables that Accord, Node or its C library reads, and opens the port that it sets', () => {
    const lines = [...dockerfile.matchAll(/^ENV (.*)$/gm)].map(([, line]) => line).join(' ');
    const set = new Map([...lines.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value] as const));
    const known = new Set([...offered, 'NODE_ENV', 'NODE_OPTIONS', 'MALLOC_ARENA_MAX']);
    expect([...set.keys()].filter((name) => !known.has(name))).toEqual([]);
    expect(dockerfile).toContain(`EXPOSE ${set.get('PORT')}\n`);
  });

  it('has the workflow bundle where the build script writes it', () => {
    expect(read('src/workflow-bundle.ts')).toContain('../dist/workflow-bundle.js');
    const places = [dockerfile, composeFile].map((file) => /WORKFLOW_BUNDLE[=:] ?(\S+)/.exec(file)?.[1]);
    expect(places).toEqual(['/app/dist/workflow-bundle.js', '/app/dist/workflow-bundle.js']);
  });

  it('has the Node of development, on Debian, and not as root', () => {
    const major = /\d+/.exec(packageFile.devDependencies.node ?? '')?.[0];
    expect(dockerfile).toMatch(new RegExp(`^FROM node:${major}-[a-z]+-slim AS base$`, 'm'));
    expect(dockerfile).toMatch(/^USER [1-9]\d*$/m);
  });
});

describe('Temporal', () => {
  it('has one release in all services, and in the commands that build it without containers', () => {
    const releases = ['temporal', 'temporal-schema', 'temporal-namespace'].map((name) => services[name]?.image?.split(':')[1]);
    const built = [...read('docs/operating.md').matchAll(/go\.temporal\.io\/server\/\S+@v(\S+)/g)].map(([, release]) => release);
    expect(built).toHaveLength(2);
    expect(new Set([...releases, ...built]).size).toBe(1);
  });

  it('stands behind the edge that docs/operating.md builds for the trial', () => {
    const [, release] = /caddy\/v2\/cmd\/caddy@v(\S+?)`/.exec(read('docs/operating.md')) ?? [];
    expect(services.edge?.image).toBe(`caddy:${release}-alpine`);
  });

  it('is on PostgreSQL with as many shards as docs/operating.md says', () => {
    const { DB, NUM_HISTORY_SHARDS: shards } = services.temporal?.environment ?? {};
    expect([DB, services['temporal-schema']?.environment?.SQL_PLUGIN]).toEqual(['postgres12', 'postgres12']);
    expect(read('docs/operating.md')).toContain(`${shards} history shards`);
  });
});

describe('images', () => {
  it('are pinned by a version or a digest', () => {
    const composed = all.flatMap(([, { image, build }]) => (image && !build ? [image] : []));
    const based = [...dockerfile.matchAll(/^FROM (\S+:\S+)/gm)].map(([, image = '']) => image);
    expect(composed.length + based.length).toBeGreaterThan(3);
    expect([...composed, ...based].filter((image) => !/@sha256:[0-9a-f]{64}$|:v?\d+(\.\d+)*(-[a-z-]+)?$/.test(image))).toEqual(
      [],
    );
  });
});

describe('package-lock.json', () => {
  interface Entry {
    integrity?: string;
    resolved?: string;
    link?: boolean;
    optional?: boolean;
    version?: string;
  }
  const ofServers = /-linux-(x64|arm64)(-gnu)?$/;
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Entry> };
  const entries = Object.entries(packages).filter(([path]) => path !== '');

  it('has the hash of every package, except builds for other platforms', () => {
    // npm does not know those that it did not install: https://github.com/npm/cli/issues/4263. No server of the Dockerfile needs one.
    const without = entries.filter(([path, { integrity, optional }]) => !integrity && (!optional || ofServers.test(path)));
    expect(without.map(([path]) => path)).toEqual([]);
    expect(entries.filter(([, { integrity = 'sha512-' }]) => !/^sha(256|384|512)-/.test(integrity))).toEqual([]);
  });

  it('takes no package from elsewhere than the public registry', () => {
    const elsewhere = entries.filter(
      ([, { resolved, link }]) => link || (resolved && !resolved.startsWith('https://registry.npmjs.org/')),
    );
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });
});

describe('package.json', () => {
  it('has scripts that run files that there are', () => {
    const files = Object.values(packageFile.scripts).flatMap(
      (script) => script.match(/(?<!\S)(?:src|bench|bin|scripts)\/\S+\.[tj]s/g) ?? [],
    );
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });

  it('promises the same Node as README and the launcher', () => {
    const oldest = packageFile.engines.node.replace('>=', '');
    expect(read('README.md')).toContain(`Node ${oldest} or newer`);
    expect(read('bin/accord.js')).toContain(`Accord needs Node ${oldest} or newer`);
  });
});

function mountsOf({ volumes: mounts = [] }: Service): { source: string; target: string | undefined }[] {
  return mounts.map((mount) => {
    const [source = '', target] = mount.split(':');
    return { source, target };
  });
}
