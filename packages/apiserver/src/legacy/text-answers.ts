import type { Exchange } from '../http/exchange';

const TEXT = 'text/plain; charset=utf-8';

/** What release 0.14 answers to what is no route, or not with this method, or not in this media type. */
export function answerText(exchange: Exchange, code: number, text: string): void {
  if (exchange.isAnswered) return;
  exchange.request.resume();
  exchange.response.writeHead(code, { 'Content-Type': TEXT, 'Content-Length': Buffer.byteLength(text) });
  exchange.response.end(exchange.method === 'HEAD' ? undefined : text);
}

export const PAGE_NOT_FOUND = '404: Page Not Found';
export const NO_SUCH_METHOD = '405: Method Not Allowed';
export const NOT_ACCEPTABLE = '406: Not Acceptable';

/** As Go's router answers a path that it would rather see in another form. */
export function redirectPermanently(exchange: Exchange, location: string): void {
  const escaped = location.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
  const body = exchange.method === 'GET' ? `<a href="${escaped}">Moved Permanently</a>.\n\n` : '';
  exchange.request.resume();
  exchange.response.writeHead(301, {
    Location: location,
    ...(body === '' ? {} : { 'Content-Type': 'text/html; charset=utf-8' }),
    'Content-Length': Buffer.byteLength(body),
  });
  exchange.response.end(body);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};
