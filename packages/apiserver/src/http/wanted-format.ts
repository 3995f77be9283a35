import type { ResponseFormat } from '../formats/format';
import type { Exchange } from './exchange';
import { negotiate } from './negotiate';
import type { ApiTools } from './surface';

/**
 * The format that the client asked for objects in.
 * @throws StatusError 406
 */
export function formatOf(tools: Pick<ApiTools, 'formats'>, exchange: Exchange): ResponseFormat {
  const { accept, 'user-agent': agent } = exchange.request.headers;
  const wanted = negotiate(accept);
  const asked = readsLinks(agent) ? { ...wanted, readsLinks: true } : wanted;
  return tools.formats.choose(asked, exchange.query, wantsPretty(exchange));
}

/** The last minor version of Kubernetes 1 whose clients made references of `metadata.selfLink`. */
const LAST_WITH_LINKS = 15;

/** Whether a client is one of Kubernetes' own of before 1.16, which say so: `kubectl/v1.0.0 (linux/amd64) kubernetes/cd8`. */
export function readsLinks(agent: string | undefined): boolean {
  if (agent === undefined || !agent.includes(' kubernetes/')) return false;
  const [, minor] = /^\S+\/v1\.(\d+)/.exec(agent) ?? [];
  return minor !== undefined && Number(minor) <= LAST_WITH_LINKS;
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
