import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Artifact } from './artifacts';

/** What makes a script a program for the kernel. */
const SHEBANG = Buffer.from('#!/usr/bin/env node\n');

/** Serves the local artifacts. @returns whether the path is one of theirs */
export function artifactHandler(
  artifacts: readonly Artifact[],
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const files = new Map(artifacts.flatMap(({ served }) => (served === undefined ? [] : [[served.path, served]])));
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://artifacts');
    const artifact = files.get(pathname);
    if (artifact === undefined) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return true;
    }
    send(artifact.file, artifact.program, request.method === 'HEAD', response).catch(() => {
      if (!response.headersSent) response.writeHead(404).end('404 page not found\n');
      else response.destroy();
    });
    return true;
  };
}

/** A JavaScript file is made executable by a first line that says what runs it, unless it has one. */
async function send(file: string, program: boolean, headOnly: boolean, response: ServerResponse): Promise<void> {
  const { size } = await stat(file);
  const head = program && (await needsShebang(file)) ? SHEBANG : Buffer.alloc(0);
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size + head.length });
  if (headOnly) {
    response.end();
    return;
  }
  response.write(head);
  await pipeline(createReadStream(file), response);
}

async function needsShebang(file: string): Promise<boolean> {
  if (!/\.[cm]?js$/.test(file)) return false;
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return !(bytesRead === 2 && buffer.toString('latin1') === '#!');
  } finally {
    await handle.close();
  }
}
