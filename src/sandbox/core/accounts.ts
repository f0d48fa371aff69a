import type { Request, RequestHandler } from 'express';
import type { Settings } from './settings.ts';

interface Parts {
  knows?(credential: string): boolean;
}

export interface Account<S, P extends Parts> {
  settings: Settings<S>;
  /** Made anew by a reset. */
  parts: P;
}

export interface Accounts<S, P extends Parts> {
  /** A further account by its name, or the first one. Throws a 404 for an unknown name. */
  get(name?: string): Account<S, P>;
  /** Middleware that finds the account of a request: `response.locals.account` is the name of a further one. */
  choose: RequestHandler;
  reset(): void;
}

interface Opened<S, P> {
  settings: Settings<S>;
  build(): P;
}

/** The accounts of one vendor's server. As at the vendors, the credential of a request says which account it is about. */
export function createAccounts<S, P extends Parts>(
  names: readonly string[],
  open: (name: string | null) => Opened<S, P>,
): Accounts<S, P> {
  const start = (name: string | null) => {
    const opened = open(name);
    return { ...opened, parts: opened.build() };
  };
  const first = start(null);
  const further = new Map(names.map((name) => [name, start(name)]));

  return {
    get(name) {
      const account = name === undefined ? first : further.get(name);
      if (!account) throw Object.assign(new Error(`This sandbox has no account ${name}.`), { status: 404 });
      return account;
    },
    choose(request, response, next) {
      const credentials = further.size > 0 ? listCredentials(request) : [];
      const [name] = [...further].find(([, { parts }]) => credentials.some((each) => parts.knows?.(each))) ?? [];
      // At an authorise page, the person chooses.
      const { account: chosen } = request.query;
      response.locals.account = name ?? (typeof chosen === 'string' && further.has(chosen) ? chosen : undefined);
      next();
    },
    reset() {
      for (const account of [first, ...further.values()]) {
        account.settings.reset();
        account.parts = account.build();
      }
    },
  };
}

/** The token of a request, and those in the form or JSON body of a token request. */
function listCredentials(request: Request): string[] {
  const [, token] = /^\S+ (\S+)$/.exec(request.get('authorization') ?? '') ?? [];
  const body = Buffer.isBuffer(request.body) && request.body.length < 10_000 ? request.body.toString('utf8') : '';
  const fields = body.trimStart().startsWith('{') ? parseObject(body) : Object.fromEntries(new URLSearchParams(body));
  const { refresh_token, code, access_token, merchant_id } = fields;
  return [token, refresh_token, code, access_token, merchant_id].filter((each) => typeof each === 'string');
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
