import { notAcceptable } from '@kubernetes-mesos/api-types';

/** What a client wants answered: a media type, and perhaps another shape of the object. */
export interface Wanted {
  readonly media: MediaKind;
  readonly shape: Shape;
  /** Asked for as `;stream=watch`. */
  readonly isStream: boolean;
  /** The client needs `metadata.selfLink`. */
  readonly readsLinks?: boolean;
}

export type MediaKind = 'json' | 'yaml' | 'protobuf';

export type Shape =
  | { readonly as: 'object' }
  | {
      readonly as: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
      readonly version: 'v1' | 'v1beta1';
    };

const PLAIN_SHAPE: Shape = { as: 'object' };
const JSON_WANTED: Wanted = { media: 'json', shape: PLAIN_SHAPE, isStream: false };

const MEDIA_TYPES: ReadonlyMap<string, MediaKind> = new Map<string, MediaKind>([
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
  ['application/vnd.kubernetes.protobuf', 'protobuf'],
]);

const ACCEPTED =
  'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf';

/** `Accept` headers repeat endlessly; the few that clients use are read once. */
const cache = new Map<string, Wanted | 'unknown-media' | 'unknown-shape'>();
const MAX_CACHED = 256;

/**
 * Reads an `Accept` header; no header means JSON.
 * @throws StatusError 406
 */
export function negotiate(accept: string | undefined): Wanted {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return JSON_WANTED;
  let result = cache.get(accept);
  if (result === undefined) {
    result = choose(accept);
    if (cache.size < MAX_CACHED) cache.set(accept, result);
  }
  if (result === 'unknown-media') throw notAcceptable('406: Not Acceptable', {});
  if (result === 'unknown-shape') throw notAcceptable(ACCEPTED);
  return result;
}

interface Clause {
  readonly media: string;
  readonly quality: number;
  readonly parameters: ReadonlyMap<string, string>;
}

function choose(accept: string): Wanted | 'unknown-media' | 'unknown-shape' {
  const clauses = accept.split(',').map(parseClause);
  clauses.sort((a, b) => b.quality - a.quality);
  let isKnownMedia = false;
  for (const clause of clauses) {
    const media = mediaOf(clause.media);
    if (media === undefined) continue;
    isKnownMedia = true;
    const shape = shapeOf(clause.parameters);
    // There are no tables in protobuf; the client names what it likes next.
    if (shape?.as === 'Table' && media === 'protobuf') continue;
    if (shape !== undefined) return { media, shape, isStream: clause.parameters.get('stream') === 'watch' };
  }
  return isKnownMedia ? 'unknown-shape' : 'unknown-media';
}

function parseClause(text: string): Clause {
  const [media = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? ([part, ''] as const) : ([part.slice(0, equals), part.slice(equals + 1)] as const);
    }),
  );
  const quality = Number(parameters.get('q') ?? '1');
  return { media: media.toLowerCase(), quality: Number.isFinite(quality) ? quality : 0, parameters };
}

function mediaOf(media: string): MediaKind | undefined {
  if (media === '*/*' || media === 'application/*') return 'json';
  return MEDIA_TYPES.get(media);
}

function shapeOf(parameters: ReadonlyMap<string, string>): Shape | undefined {
  const as = parameters.get('as');
  if (as === undefined || as === '') return PLAIN_SHAPE;
  const version = parameters.get('v');
  const group = parameters.get('g');
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return { as, version };
  return undefined;
}
