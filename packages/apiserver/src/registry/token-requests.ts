import { randomUUID } from 'node:crypto';
import {
  badRequest,
  conflict,
  formatTime,
  invalidObject,
  notFoundError,
  type KubeObject,
  type Pod,
  type TokenRequest,
} from '@kubernetes-mesos/api-types';
import type { ServiceAccountKey } from '../authentication/service-account-keys';
import { REQUEST_ISSUER, type BoundObject } from '../authentication/token-claims';
import { keyOf, type ServedResource } from '../endpoints/served-resource';
import { writeQuery } from '../endpoints/write-options';
import type { BodyKind } from '../http/body-decoder';
import { bodyMedia } from '../http/parse-body';
import { readTypedBody } from '../http/read-body';
import type { SubresourceRoutes } from '../http/resource-routes';
import { sendBody } from '../http/responder';
import type { ApiTools } from '../http/surface';
import { statusFormatOf } from '../http/wanted-format';

/** Where the objects are that tokens are for and bound to. */
export interface TokenObjects {
  readonly accounts: ServedResource;
  readonly pods: ServedResource;
  readonly secrets: ServedResource;
}

type Spec = Partial<NonNullable<TokenRequest['spec']>>;

const TOKEN_REQUEST: BodyKind = {
  kind: 'TokenRequest',
  apiVersion: 'authentication.k8s.io/v1',
  schema: 'io.k8s.api.authentication.v1.TokenRequest',
};
const DEFAULT_SECONDS = 3_600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

/** `serviceaccounts/NAME/token`: a token for the account that ends by itself, or with the object that it is bound to. */
export function tokenRoutes(tools: ApiTools, objects: TokenObjects, key: ServiceAccountKey): SubresourceRoutes {
  const { accounts } = objects;
  return {
    takesPath: false,
    methods: {
      POST: async (exchange, place) => {
        const { fieldValidation } = writeQuery(exchange.query, 'CreateOptions');
        const media = bodyMedia(exchange.request.headers['content-type']);
        const body = await readTypedBody(exchange.request, media, tools);
        const warn = (text: string): void => exchange.warn(text);
        const request = tools.decoder.decode(body, TOKEN_REQUEST, { fieldValidation, warn }) as TokenRequest;
        const spec: Spec = (request as { spec?: TokenRequest['spec'] }).spec ?? {};
        const stored = await accounts.store.get(keyOf(accounts, place.namespace, place.name));
        if (stored === undefined) throw notFoundError(accounts.resourceName, place.name);
        const expirationSeconds = secondsOf(spec);
        const bound = await boundTo(objects, stored.object, spec.boundObjectRef ?? undefined);
        const answer = answered(stored.object, { ...spec, expirationSeconds }, bound, key, exchange.nowMs);
        const format = statusFormatOf(tools, exchange);
        sendBody(exchange, 201, format.contentType, format.plain(answer));
      },
    },
  };
}

/** @throws StatusError 422 */
function secondsOf({ expirationSeconds }: Spec): number {
  const seconds = expirationSeconds ?? DEFAULT_SECONDS;
  if (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS) return seconds;
  const detail =
    seconds < MIN_SECONDS
      ? 'may not specify a duration less than 10 minutes'
      : 'may not specify a duration larger than 2^32 seconds';
  throw invalidObject({ group: 'authentication.k8s.io', name: 'TokenRequest' }, '', [
    { reason: 'FieldValueInvalid', field: 'spec.expirationSeconds', value: seconds, detail },
  ]);
}

/**
 * The claim that binds a token to a pod of the account, or to a secret.
 * @throws StatusError 400 for another kind or a pod of another account, 404, 409 when its uid is another
 */
async function boundTo(
  { pods, secrets }: TokenObjects,
  account: KubeObject,
  reference: NonNullable<Spec['boundObjectRef']> | undefined,
): Promise<Readonly<Record<string, BoundObject>>> {
  if (reference === undefined) return {};
  const { kind = '', apiVersion = '', name = '', uid: wantedUid = '' } = reference;
  const { namespace = '', name: accountName = '' } = account.metadata;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const resource = kind === 'Pod' ? pods : secrets;
  if (group !== '' || (kind !== 'Pod' && kind !== 'Secret')) {
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
  const stored = await resource.store.get(keyOf(resource, namespace, name));
  if (stored === undefined) throw notFoundError(resource.resourceName, name);
  if (kind === 'Pod') {
    const { serviceAccountName = '' } = (stored.object as Pod).spec ?? {};
    if (serviceAccountName !== accountName) {
      throw badRequest(
        `cannot bind token for serviceaccount ${JSON.stringify(accountName)} to pod running with serviceaccount ` +
          JSON.stringify(serviceAccountName),
      );
    }
  }
  const { uid = '' } = stored.object.metadata;
  if (wantedUid !== '' && wantedUid !== uid) {
    throw conflict(
      { group: '', name: kind },
      name,
      `the UID in the bound object reference (${wantedUid}) does not match the UID in record. ` +
        'The object might have been deleted and then recreated',
    );
  }
  return { [kind.toLowerCase()]: { name, uid } };
}

function answered(
  account: KubeObject,
  spec: Spec & { readonly expirationSeconds: number },
  bound: Readonly<Record<string, BoundObject>>,
  key: ServiceAccountKey,
  nowMs: number,
): object {
  const { audiences = [], expirationSeconds, boundObjectRef = null } = spec;
  const { namespace = '', name = '', uid = '' } = account.metadata;
  const issuedAt = Math.floor(nowMs / 1000);
  const granted = audiences.length === 0 ? [REQUEST_ISSUER] : audiences;
  const token = key.sign({
    aud: granted,
    exp: issuedAt + expirationSeconds,
    iat: issuedAt,
    iss: REQUEST_ISSUER,
    jti: randomUUID(),
    'kubernetes.io': { namespace, serviceaccount: { name, uid }, ...bound },
    nbf: issuedAt,
    sub: `system:serviceaccount:${namespace}:${name}`,
  });
  return {
    kind: 'TokenRequest',
    apiVersion: TOKEN_REQUEST.apiVersion,
    metadata: { name, namespace, creationTimestamp: formatTime(nowMs) },
    spec: { audiences: granted, expirationSeconds, boundObjectRef },
    status: { token, expirationTimestamp: formatTime((issuedAt + expirationSeconds) * 1000) },
  };
}
