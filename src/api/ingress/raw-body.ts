import express, { type Request, type RequestHandler } from 'express';

const noBytes = Buffer.alloc(0);

/** Middleware that reads the bytes of a body of any type. Compressed bodies get 415, larger ones 413. */
export function readRawBody(maxBytes: number): RequestHandler {
  return express.raw({ type: () => true, limit: maxBytes, inflate: false });
}

/** The bytes that `readRawBody` read; none for a request without a body. */
export function rawBodyOf({ body }: Pick<Request, 'body'>): Buffer {
  return Buffer.isBuffer(body) ? body : noBytes;
}

/** Whether the content type is JSON, or a type based on it such as `application/problem+json`. */
export function isJson({ headers }: Pick<Request, 'headers'>): boolean {
  return /^application\/([\w.+-]+\+)?json *(;|$)/i.test(headers['content-type'] ?? '');
}
