import express, { type Request, type RequestHandler } from 'express';
import { ApiProblem } from '#api/rest/errors.ts';
import type { GivenValues } from '#providers/web-form/check-values.ts';

/** 64 KB, as it arrives: compressed bodies are refused. */
export const readRawBody = express.raw({ type: () => true, limit: 64 * 1024, inflate: false });

export const requireFormType: RequestHandler = (req, _res, next) => {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(req.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (/^utf-?8$/i.test(charset) && (isJson(req) || isFormPost(req))) return next();
  const detail = 'Send application/json or application/x-www-form-urlencoded, in UTF-8.';
  next(new ApiProblem({ status: 415, code: 'unsupported-media-type', detail }));
};

/** Whether a browser sent it by itself, without a script: then its answer is a page. */
export function wantsPage(req: Request): boolean {
  const wantsMarkup = req.accepts(['json', 'html']) === 'html';
  return wantsMarkup && (req.method !== 'POST' || !isJson(req));
}

export const isJson = (req: Request): boolean =>
  /^application\/([\w.+-]+\+)?json *(;|$)/i.test(req.headers['content-type'] ?? '');

const isFormPost = (req: Request): boolean =>
  /^application\/x-www-form-urlencoded *(;|$)/i.test(req.headers['content-type'] ?? '');

/** The fields that were sent, by name. Of one that was sent twice, the last. */
export function readFields(req: Request, rawBody: Buffer): GivenValues {
  const text = decode(rawBody);
  return isJson(req) ? parseJson(text) : new Map(new URLSearchParams(text));
}

function decode(rawBody: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(rawBody);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
}

function parseJson(text: string): GivenValues {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed('The body is not JSON.');
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return new Map(Object.entries(parsed));
  throw malformed('Send one JSON object: field names and their values.');
}

const malformed = (detail: string) => new ApiProblem({ status: 400, code: 'malformed-body', detail });
