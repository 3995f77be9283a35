import type { Request, Response } from 'express';
import { takesGzip } from './accept';
import type { KeptDocument } from './kept-document';

/** Answers a document, compressed if the client can read that; 304 when the client has it. */
export async function sendDocument(
  document: KeptDocument,
  contentType: string,
  request: Request,
  response: Response,
): Promise<void> {
  const etag = `"${await document.hash()}"`;
  response.setHeader('ETag', etag);
  response.setHeader('Vary', 'Accept, Accept-Encoding');
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-cache, private');
  if (matches(request.headers['if-none-match'], etag)) {
    response.status(304).end();
    return;
  }
  response.setHeader('Content-Type', contentType);
  const isCompressed = takesGzip(request.headers['accept-encoding']);
  const body = isCompressed ? await document.compressed() : await document.plain();
  if (isCompressed) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', body.length);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => {
    const tag = each.trim();
    return tag === '*' || (tag.startsWith('W/') ? tag.slice(2) : tag) === etag;
  });
}
