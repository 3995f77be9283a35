import { randomUUID } from 'node:crypto';
import {
  formatTime,
  invalidObject,
  notFoundError,
  type KubeObject,
  type TokenRequest,
} from '@kubernetes-mesos/api-types';
import type { ServiceAccountKey } from '../authentication/service-account-keys';
import { REQUEST_ISSUER } from '../authentication/service-accounts';
import { keyOf, type ServedResource } from '../endpoints/served-resource';
import { writeQuery } from '../endpoints/write-options';
import type { BodyKind } from '../http/body-decoder';
import { bodyMedia } from '../http/parse-body';
import { readBody } from '../http/read-body';
import type { SubresourceRoutes } from '../http/resource-routes';
import { sendBody } from '../http/responder';
import type { ApiTools } from '../http/surface';
import { statusFormatOf } from '../http/wanted-format';

const TOKEN_REQUEST: BodyKind = {
  kind: 'TokenRequest',
  apiVersion: 'authentication.k8s.io/v1',
  schema: 'io.k8s.api.authentication.v1.TokenRequest',
};
const DEFAULT_SECONDS = 3_600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

/** `serviceaccounts/NAME/token`: a token for the account that ends by itself. */
export function tokenRoutes(tools: ApiTools, accounts: ServedResource, key: ServiceAccountKey): SubresourceRoutes {
  return {
    takesPath: false,
    methods: {
      POST: async (exchange, place) => {
        const { fieldValidation } = writeQuery(exchange.query, 'CreateOptions');
        const media = bodyMedia(exchange.request.headers['content-type']);
        const body = await readBody(exchange.request, tools.limits.bodyBytes);
        const warn = (text: string): void => exchange.warn(text);
        const request = tools.decoder.decode(body, media, TOKEN_REQUEST, { fieldValidation, warn }) as TokenRequest;
        const stored = await accounts.store.get(keyOf(accounts, place.namespace, place.name));
        if (stored === undefined) throw notFoundError(accounts.resourceName, place.name);
        const answer = answered(request, stored.object, key, exchange.nowMs);
        const format = statusFormatOf(tools, exchange);
        sendBody(exchange, 201, format.contentType, format.plain(answer));
      },
    },
  };
}

function answered(request: TokenRequest, account: KubeObject, key: ServiceAccountKey, nowMs: number): object {
  const spec: Partial<TokenRequest['spec']> = (request as { spec?: TokenRequest['spec'] }).spec ?? {};
  const { audiences = [] } = spec;
  const expirationSeconds = spec.expirationSeconds ?? DEFAULT_SECONDS;
  if (expirationSeconds < MIN_SECONDS || expirationSeconds > MAX_SECONDS) {
    const detail =
      expirationSeconds < MIN_SECONDS
        ? 'may not specify a duration less than 10 minutes'
        : 'may not specify a duration larger than 2^32 seconds';
    throw invalidObject({ group: 'authentication.k8s.io', name: 'TokenRequest' }, '', [
      { reason: 'FieldValueInvalid', field: 'spec.expirationSeconds', value: expirationSeconds, detail },
    ]);
  }
  const { namespace = '', name = '', uid = '' } = account.metadata;
  const issuedAt = Math.floor(nowMs / 1000);
  const granted = audiences.length === 0 ? [REQUEST_ISSUER] : audiences;
  const token = key.sign({
    aud: granted,
    exp: issuedAt + expirationSeconds,
    iat: issuedAt,
    iss: REQUEST_ISSUER,
    jti: randomUUID(),
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
    nbf: issuedAt,
    sub: `system:serviceaccount:${namespace}:${name}`,
  });
  return {
    kind: 'TokenRequest',
    apiVersion: TOKEN_REQUEST.apiVersion,
    metadata: { name, namespace, creationTimestamp: formatTime(nowMs) },
    spec: { audiences: granted, expirationSeconds, boundObjectRef: null },
    status: { token, expirationTimestamp: formatTime((issuedAt + expirationSeconds) * 1000) },
  };
}
