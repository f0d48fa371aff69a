import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

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
  deploy?: { replicas: number };
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

  it('leads from the gateway to the port on which the api listens', () => {
    const nginx = read('deploy/nginx.conf');
    const [, host = '', port] = /server ([a-z]+):(\d+) resolve/.exec(nginx) ?? [];
    const [published] = services.gateway?.ports ?? [];
    expect(services[host]?.environment?.PORT).toBe(Number(port));
    expect(published?.split(':').at(-1)).toBe(/listen (\d+);/.exec(nginx)?.[1]);
    expect(services.api?.healthcheck?.test.join(' ')).toContain(`127.0.0.1:${port}/readyz`);
  });

  it('keeps every secret out of the file', () => {
    const secrets = [...composeFile.matchAll(/(?:PASSWORD|PWD|SECRET|KEY): (.*)/g)].map(([, value]) => value);
    expect(secrets.filter((value) => !value?.startsWith('${'))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  it('copies files that there are, and that .dockerignore lets in', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
    const let_in = read('.dockerignore').split('\n');
    expect(copied.length).toBeGreaterThan(3);
    expect(copied.filter((path) => !existsSync(path) || !let_in.includes(`!${path}`))).toEqual([]);
  });

  it('runs scripts and a command that there are', () => {
    const scripts = [...dockerfile.matchAll(/npm run (\w+)/g)].map(([, name = '']) => name);
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
