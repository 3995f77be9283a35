import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Artifact } from './artifacts';

/**
 * The beginning of a JavaScript program as agents get it: a shell script that starts Node with this very file, or says in
 * the sandbox's stderr what the agent lacks. For JavaScript its second line is a string and a comment.
 */
const LAUNCHER = Buffer.from(
  [
    '#!/bin/sh',
    "':' //; command -v node >/dev/null 2>&1 || { " +
      'echo "km: Node.js is not on the PATH of executors ($PATH): install Node.js 20 or later on this Mesos agent, or set ' +
      'PATH in its --executor_environment_variables, or give the scheduler --minion_path_override" >&2; exit 127; }; ' +
      'case "$(node --version)" in v[0-9].*|v1[0-9].*) ' +
      'echo "km: needs Node.js 20 or later, but $(command -v node) on this Mesos agent is $(node --version)" >&2; ' +
      'exit 126;; esac; exec node "$0" "$@"',
    '',
  ].join('\n'),
);

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

/** A JavaScript file gets a beginning that says what runs it, in place of the one it has. */
async function send(file: string, program: boolean, headOnly: boolean, response: ServerResponse): Promise<void> {
  const { size } = await stat(file);
  const first = program ? await firstLine(file) : '';
  const isNodeScript = first.startsWith('#!') ? /\bnode\b/.test(first) : program && /\.[cm]?js$/.test(file);
  const head = isNodeScript ? LAUNCHER : Buffer.alloc(0);
  const start = isNodeScript && first.startsWith('#!') ? Buffer.byteLength(first, 'latin1') : 0;
  const length = size - start + head.length;
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': length });
  if (headOnly) {
    response.end();
    return;
  }
  response.write(head);
  await pipeline(createReadStream(file, { start }), response);
}

/** With its line end, as far as one may be expected of a script; of a binary it is some bytes. */
async function firstLine(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    return text.slice(0, text.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}
