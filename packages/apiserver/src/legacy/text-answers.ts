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
