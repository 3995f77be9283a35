import * as crypto from 'node:crypto';

/** What a token is looked up by, so that the time of a lookup says nothing of the token. */
export function tokenDigest(token: string): string {
  // Three times as quick, but newer than the oldest Node.js that we run on.
  if (typeof crypto.hash === 'function') return crypto.hash('sha256', token, 'base64');
  return crypto.createHash('sha256').update(token).digest('base64');
}
