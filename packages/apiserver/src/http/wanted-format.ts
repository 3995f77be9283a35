import type { ResponseFormat } from '../formats/format';
import type { Exchange } from './exchange';
import { negotiate } from './negotiate';
import type { ApiTools } from './surface';

/**
 * The format that the client asked for objects in.
 * @throws StatusError 406
 */
export function formatOf(tools: Pick<ApiTools, 'formats'>, exchange: Exchange): ResponseFormat {
  return tools.formats.choose(negotiate(exchange.request.headers.accept), exchange.query, wantsPretty(exchange));
}

/** The format for Status answers; JSON when the client accepts nothing that we write. */
export function statusFormatOf(tools: Pick<ApiTools, 'formats'>, exchange: Exchange): ResponseFormat {
  const pretty = wantsPretty(exchange);
  try {
    return tools.formats.chooseForStatus(negotiate(exchange.request.headers.accept), pretty);
  } catch {
    return tools.formats.chooseForStatus({ media: 'json', shape: { as: 'object' }, isStream: false }, pretty);
  }
}

/** Indented for `?pretty=true` and, without the parameter, for people: curl, wget, browsers. */
function wantsPretty(exchange: Exchange): boolean {
  const asked = exchange.query.get('pretty');
  if (asked !== null) return asked === 'true' || asked === '1';
  const agent = exchange.request.headers['user-agent'];
  return (
    agent !== undefined && (agent.startsWith('curl') || agent.startsWith('Wget') || agent.startsWith('Mozilla/5.0'))
  );
}
