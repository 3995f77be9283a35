import type { Express } from 'express';
import type { ResponseFormat } from '../formats/format';
import { plainRoute } from './dispatcher';
import type { Exchange } from './exchange';
import type { Route } from './surface';

/** A route that express serves; over when its answer is. */
export function serveCold(exchange: Exchange, app: () => Promise<Express>, errorFormat: ResponseFormat): Route {
  return plainRoute(exchange, errorFormat, async ({ request, response }) => {
    const serve = await app();
    if (response.closed) return;
    await new Promise<void>((resolve) => {
      response.once('close', resolve);
      response.once('finish', resolve);
      serve(request, response);
    });
  });
}
