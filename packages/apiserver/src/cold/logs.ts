import { readdir } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import express, { type Express } from 'express';
import { redirect } from '../http/redirect';

/** `/logs/`: files of a directory and its subdirectories, with an index as plain links. */
export function addLogRoutes(app: Express, dir: string): void {
  app.get('/logs', (request, response, next) => {
    if (request.path === '/logs') redirect(response, request.method, 301, '/logs/');
    else next();
  });
  app.use(
    '/logs',
    express.static(dir, { index: false, dotfiles: 'deny', redirect: true }),
    async (request, response, next) => {
      if (request.method !== 'GET' || !request.path.endsWith('/')) {
        next();
        return;
      }
      const names = await filesOf(join(dir, normalize(decodeURIComponent(request.path))));
      if (names === undefined) {
        next();
        return;
      }
      const links = names.map((name) => `<a href="${encodeURI(name)}">${escapeHtml(name)}</a>\n`);
      response.type('html').send(`<pre>\n${links.join('')}</pre>\n`);
    },
  );
}

async function filesOf(path: string): Promise<string[] | undefined> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.name.startsWith('.'))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort();
  } catch {
    return undefined;
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
