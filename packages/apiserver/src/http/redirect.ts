import { STATUS_CODES, type ServerResponse } from 'node:http';

/** Sends the client elsewhere, as Go's HTTP library words it: a GET gets a line of HTML to follow by hand. */
export function redirect(response: ServerResponse, method: string, code: 301 | 307, location: string): void {
  const escaped = location.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
  const body = method === 'GET' ? `<a href="${escaped}">${STATUS_CODES[code] ?? ''}</a>.\n\n` : '';
  response.writeHead(code, {
    Location: location,
    ...(method === 'GET' || method === 'HEAD' ? { 'Content-Type': 'text/html; charset=utf-8' } : {}),
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};
