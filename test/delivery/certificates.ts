import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  key: string;
  cert: string;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority made for this run, and what it certifies. Its key is gone when it is closed. */
export async function createAuthority() {
  const folder = await mkdtemp(join(tmpdir(), 'accord-certificates-'));
  const at = (name: string) => join(folder, name);
  await writeFile(at('none.cnf'), '[req]\ndistinguished_name = dn\n[dn]\n');
  const request = ['req', '-x509', '-config', at('none.cnf'), ...newKey];
  const isAuthority = ['-addext', 'basicConstraints=critical,CA:TRUE'];
  await run('openssl', [
    ...request,
    ...isAuthority,
    '-subj',
    '/CN=Test authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  ]);

  async function issue(subjectAltName: string, options: string[]): Promise<Certificate> {
    const names = ['-subj', '/CN=subscriber', '-addext', `subjectAltName=${subjectAltName}`];
    await run('openssl', [...request, ...names, ...options, '-keyout', at('leaf.key'), '-out', at('leaf.pem')]);
    return { key: await readFile(at('leaf.key'), 'utf8'), cert: await readFile(at('leaf.pem'), 'utf8') };
  }

  const byAuthority = ['-CA', at('ca.pem'), '-CAkey', at('ca.key')];
  return {
    certificate: await readFile(at('ca.pem'), 'utf8'),
    /** For names such as `DNS:hooks.example` or `IP:127.0.0.1`. */
    issue: (names: string) => issue(names, byAuthority),
    issueSelfSigned: (names: string) => issue(names, []),
    close: () => rm(folder, { recursive: true }),
  };
}
