import { notAcceptable, type SchemaRegistry } from '@kubernetes-mesos/api-types';
import type { Express, Request, RequestHandler } from 'express';
import type { ColdExtension } from '../cold/cold-app';
import type { DiscoveredVersion } from '../discovery/resource-list';
import { chooseForm } from './accept';
import { openApiDocument } from './document-v3';
import { encodeOpenApi } from './gnostic-v3';
import { encodeSwagger } from './gnostic-v2';
import { KeptDocument } from './kept-document';
import { sendDocument } from './send';
import { swaggerDocument } from './swagger';

type Form = 'json' | 'protobuf';

/** One document in its forms. */
interface Documents {
  readonly forms: Readonly<Record<Form, KeptDocument>>;
  readonly contentTypes: Readonly<Record<Form, string>>;
}

/** Upstream's names of the protobuf forms; the later ones are those without `@`, which no media type may hold. */
const V2_FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['application/json', 'json'],
  ['application/com.github.proto-openapi.spec.v2@v1.0+protobuf', 'protobuf'],
  ['application/com.github.proto-openapi.spec.v2.v1.0+protobuf', 'protobuf'],
]);
const V3_FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['application/json', 'json'],
  ['application/com.github.proto-openapi.spec.v3@v1.0+protobuf', 'protobuf'],
  ['application/com.github.proto-openapi.spec.v3.v1.0+protobuf', 'protobuf'],
]);
/** As kube-apiserver answers since ever: what Go makes of the bytes. */
const V2_CONTENT_TYPES = { json: 'text/plain; charset=utf-8', protobuf: 'application/octet-stream' };
const V3_CONTENT_TYPES = {
  json: 'application/json',
  protobuf: 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf',
};
const FOREVER_S = 365 * 24 * 60 * 60;

/** Code that is large, and asked for seldom. */
async function protobufForms() {
  const { loadOpenApi } = await import('@kubernetes-mesos/protos');
  return loadOpenApi();
}

/** `/openapi/v2` and `/openapi/v3`; no document is built before somebody asks for it. */
export function openApiDocuments(schemas: SchemaRegistry): ColdExtension {
  return {
    paths: ['/openapi/v2', '/openapi/v3'],
    add: (app, versions) => {
      app.get('/openapi/v2', answerDocument(swaggerForms(schemas, versions), V2_FORMS));
      addVersionDocuments(app, schemas, versions);
    },
  };
}

function addVersionDocuments(app: Express, schemas: SchemaRegistry, versions: readonly DiscoveredVersion[]): void {
  const served = versions.map((version) => ({
    name: version.group === '' ? `api/${version.version}` : `apis/${version.group}/${version.version}`,
    documents: versionForms(schemas, version, versions),
  }));
  const index = new KeptDocument(async () => {
    const paths: Record<string, { serverRelativeURL: string }> = {};
    for (const { name, documents } of served) {
      paths[name] = { serverRelativeURL: `/openapi/v3/${name}?hash=${await documents.forms.json.hash()}` };
    }
    return Buffer.from(JSON.stringify({ paths }));
  });
  app.get('/openapi/v3', (request, response) => sendDocument(index, V3_CONTENT_TYPES.json, request, response));
  for (const { name, documents } of served) {
    app.get(`/openapi/v3/${name}`, lasting(documents), answerDocument(documents, V3_FORMS));
  }
}

/**
 * A URL with the hash of a document may be kept by caches for as long as they like; one with an old hash leads to the new
 * document.
 */
function lasting({ forms }: Documents): RequestHandler {
  return async (request, response, next) => {
    const { hash } = request.query;
    if (hash !== undefined) {
      const current = await forms.json.hash();
      if (hash !== current) {
        response.redirect(301, `${request.path}?hash=${current}`);
        return;
      }
      response.setHeader('Cache-Control', `public, immutable, max-age=${FOREVER_S}`);
      response.setHeader('Expires', new Date(Date.now() + FOREVER_S * 1000).toUTCString());
    }
    next();
  };
}

function answerDocument({ forms, contentTypes }: Documents, media: ReadonlyMap<string, Form>): RequestHandler {
  return async (request: Request, response, next) => {
    const form = chooseForm<Form>(request.headers.accept, media, 'json');
    if (form === undefined) {
      next(notAcceptable('406: Not Acceptable', {}));
      return;
    }
    await sendDocument(forms[form], contentTypes[form], request, response);
  };
}

function swaggerForms(schemas: SchemaRegistry, versions: readonly DiscoveredVersion[]): Documents {
  const build = () => swaggerDocument(schemas, versions);
  return {
    contentTypes: V2_CONTENT_TYPES,
    forms: {
      json: new KeptDocument(async () => Buffer.from(JSON.stringify(build()))),
      protobuf: new KeptDocument(async () => encodeSwagger((await protobufForms()).v2, build())),
    },
  };
}

function versionForms(
  schemas: SchemaRegistry,
  version: DiscoveredVersion,
  all: readonly DiscoveredVersion[],
): Documents {
  const build = () => openApiDocument(schemas, version, all);
  return {
    contentTypes: V3_CONTENT_TYPES,
    forms: {
      json: new KeptDocument(async () => Buffer.from(JSON.stringify(build()))),
      protobuf: new KeptDocument(async () => encodeOpenApi((await protobufForms()).v3, build())),
    },
  };
}
