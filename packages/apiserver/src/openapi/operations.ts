import type { DiscoveredResource, DiscoveredVersion } from '../discovery/resource-list';
import { DELETE_OPTIONS, STATUS, type Definitions } from './definitions';
import { PATCH, type GroupVersionKind, type JsonSchema } from './json-schema';
import {
  DELETE_PARAMETERS,
  LIST_PARAMETERS,
  nameParameter,
  NAMESPACE,
  PATCH_PARAMETERS,
  PRETTY,
  REST,
  WATCH_PARAMETERS,
  WRITE_PARAMETERS,
  type Parameter,
} from './parameters';
import { SUBRESOURCE_PARAMETERS } from './subresource-parameters';

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';

/** One path with what can be done there, told apart from how a version of OpenAPI writes it. */
export interface DescribedPath {
  readonly path: string;
  /** Of every operation there. */
  readonly parameters: readonly Parameter[];
  readonly operations: readonly DescribedOperation[];
}

export interface DescribedOperation {
  readonly method: Method;
  readonly id: string;
  readonly tag: string;
  readonly description: string;
  /** `x-kubernetes-action` */
  readonly action: string;
  /** `x-kubernetes-group-version-kind` */
  readonly kind: GroupVersionKind;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly schema: JsonSchema; readonly media: readonly string[]; readonly required: boolean };
  /** Media types of the answer. */
  readonly produces: readonly string[];
  readonly responses: readonly DescribedResponse[];
}

export interface DescribedResponse {
  readonly code: number;
  readonly description: string;
  readonly schema?: JsonSchema;
}

const ANY_MEDIA = ['*/*'];
const OBJECT_MEDIA = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const WATCH_MEDIA = [...OBJECT_MEDIA, 'application/json;stream=watch'];
const PATCH_MEDIA = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const UNAUTHORIZED: DescribedResponse = { code: 401, description: 'Unauthorized' };
const CODE_TEXTS: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };

/** Every path of a version, sorted. */
export function describePaths(version: DiscoveredVersion, definitions: Definitions): DescribedPath[] {
  const kinds = new Map(version.resources.map((resource) => [resource.name, resource.kind]));
  const paths = version.resources.flatMap((resource) => {
    const [plural = '', part = ''] = resource.name.split('/');
    const describer = new ResourceDescriber(version, resource, kinds.get(plural) ?? resource.kind, definitions);
    return part === '' ? describer.resourcePaths() : describer.partPaths(part);
  });
  return paths.filter(({ operations }) => operations.length > 0).sort((a, b) => (a.path < b.path ? -1 : 1));
}

class ResourceDescriber {
  readonly #resource: DiscoveredResource;
  readonly #definitions: Definitions;
  /** Kind of the resource, for a subresource that of what it is a part of. */
  readonly #ownerKind: string;
  readonly #plural: string;
  readonly #kind: GroupVersionKind;
  readonly #schema: JsonSchema | undefined;
  readonly #root: string;
  readonly #tag: string;
  /** `CoreV1` */
  readonly #idGroup: string;

  constructor(version: DiscoveredVersion, resource: DiscoveredResource, ownerKind: string, definitions: Definitions) {
    const group = version.group === '' ? 'core' : (version.group.split('.')[0] ?? '');
    this.#resource = resource;
    this.#definitions = definitions;
    this.#ownerKind = ownerKind;
    [this.#plural = ''] = resource.name.split('/');
    this.#kind = {
      group: resource.group ?? version.group,
      kind: resource.kind,
      version: resource.version ?? version.version,
    };
    this.#schema = definitions.kind(this.#kind);
    this.#root = version.group === '' ? `/api/${version.version}` : `/apis/${version.group}/${version.version}`;
    this.#tag = `${group}_${version.version}`;
    this.#idGroup = capital(group) + capital(version.version);
  }

  resourcePaths(): DescribedPath[] {
    const { namespaced } = this.#resource;
    const collection = `${this.#scopedRoot()}/${this.#plural}`;
    const list = this.#list(namespaced ? `${this.#ownerKind}ForAllNamespaces` : this.#ownerKind);
    const scopedList = namespaced ? this.#list(`Namespaced${this.#ownerKind}`) : list;
    return [
      ...(namespaced ? [{ path: `${this.#root}/${this.#plural}`, parameters: [PRETTY], operations: list }] : []),
      {
        path: collection,
        parameters: [...this.#scopeParameters(), PRETTY],
        operations: [...scopedList, ...this.#create(), ...this.#deleteCollection()],
      },
      {
        path: `${collection}/{name}`,
        parameters: this.#itemParameters(),
        operations: [...this.#read(), ...this.#replace(), ...this.#delete(), ...this.#patch()],
      },
    ];
  }

  partPaths(part: string): DescribedPath[] {
    const path = `${this.#scopedRoot()}/${this.#plural}/{name}/${part}`;
    const parameters = this.#itemParameters();
    // Options that come in the query instead of an object: the connection becomes something else.
    if (!this.#resource.kind.endsWith('Options')) {
      const own = SUBRESOURCE_PARAMETERS[this.#resource.name] ?? [];
      return [
        {
          path,
          parameters: [...parameters, ...own],
          operations: [...this.#read(), ...this.#create(), ...this.#replace(), ...this.#patch()],
        },
      ];
    }
    const own = SUBRESOURCE_PARAMETERS[this.#resource.name] ?? [];
    const connecting = [...parameters.filter(({ name }) => name !== PRETTY.name), ...own];
    const direct = { path, parameters: connecting, operations: this.#connect('') };
    if (part !== 'proxy') return [direct];
    return [
      direct,
      { path: `${path}/{path}`, parameters: [...connecting, REST], operations: this.#connect('WithPath') },
    ];
  }

  #list(target: string): DescribedOperation[] {
    const { verbs } = this.#resource;
    if (!verbs.includes('list')) return [];
    const canWatch = verbs.includes('watch');
    const schema = this.#definitions.kind({ ...this.#kind, kind: `${this.#kind.kind}List` });
    const description = `${canWatch ? 'list or watch' : 'list'} objects of kind ${this.#kind.kind}`;
    return [
      {
        ...this.#operation('get', `list${this.#idGroup}${target}`, 'list', description),
        parameters: canWatch ? [...LIST_PARAMETERS, ...WATCH_PARAMETERS] : LIST_PARAMETERS,
        produces: canWatch ? WATCH_MEDIA : OBJECT_MEDIA,
        responses: responses(schema, 200),
      },
    ];
  }

  #create(): DescribedOperation[] {
    if (!this.#resource.verbs.includes('create')) return [];
    return [
      {
        ...this.#operation('post', this.#id('create'), 'post', `create ${this.#text()}`),
        parameters: WRITE_PARAMETERS,
        ...body(this.#schema, ANY_MEDIA, true),
        responses: responses(this.#schema, 200, 201, 202),
      },
    ];
  }

  #deleteCollection(): DescribedOperation[] {
    if (!this.#resource.verbs.includes('deletecollection')) return [];
    const deleted = this.#definitions.kind({ ...this.#kind, kind: `${this.#kind.kind}List` });
    return [
      {
        ...this.#operation(
          'delete',
          `delete${this.#idGroup}Collection${this.#target()}`,
          'deletecollection',
          `delete all chosen objects of kind ${this.#kind.kind}, and answer what they were`,
        ),
        parameters: [...DELETE_PARAMETERS, ...LIST_PARAMETERS],
        ...body(this.#definitions.writer.reference(DELETE_OPTIONS), ANY_MEDIA, false),
        responses: responses(deleted, 200),
      },
    ];
  }

  #read(): DescribedOperation[] {
    if (!this.#resource.verbs.includes('get')) return [];
    const isText = this.#resource.name.endsWith('/log');
    return [
      {
        ...this.#operation('get', this.#id('read'), 'get', `read ${this.#text()}`),
        produces: isText ? ['text/plain', ...OBJECT_MEDIA] : OBJECT_MEDIA,
        responses: responses(isText ? { type: 'string' } : this.#schema, 200),
      },
    ];
  }

  #replace(): DescribedOperation[] {
    if (!this.#resource.verbs.includes('update')) return [];
    return [
      {
        ...this.#operation('put', this.#id('replace'), 'put', `replace ${this.#text()}`),
        parameters: WRITE_PARAMETERS,
        ...body(this.#schema, ANY_MEDIA, true),
        responses: responses(this.#schema, 200, 201),
      },
    ];
  }

  #patch(): DescribedOperation[] {
    if (!this.#resource.verbs.includes('patch')) return [];
    return [
      {
        ...this.#operation('patch', this.#id('patch'), 'patch', `change parts of ${this.#text()}`),
        parameters: PATCH_PARAMETERS,
        ...body(this.#definitions.writer.reference(PATCH), PATCH_MEDIA, true),
        responses: responses(this.#schema, 200, 201),
      },
    ];
  }

  #delete(): DescribedOperation[] {
    if (!this.#resource.verbs.includes('delete')) return [];
    return [
      {
        ...this.#operation('delete', this.#id('delete'), 'delete', `delete ${this.#text()}`),
        parameters: DELETE_PARAMETERS,
        ...body(this.#definitions.writer.reference(DELETE_OPTIONS), ANY_MEDIA, false),
        responses: responses(this.#definitions.writer.reference(STATUS), 200, 202),
      },
    ];
  }

  #connect(suffix: string): DescribedOperation[] {
    const methods: Readonly<Record<string, Method>> = {
      create: 'post',
      delete: 'delete',
      get: 'get',
      patch: 'patch',
      update: 'put',
    };
    const [, part = ''] = this.#resource.name.split('/');
    return this.#resource.verbs.flatMap((verb) => {
      const method = methods[verb];
      if (method === undefined) return [];
      const id = `connect${this.#idGroup}${capital(method)}${this.#target()}${suffix}`;
      const description = `connect ${method.toUpperCase()} requests to ${part} of ${this.#ownerKind}`;
      return [
        {
          ...this.#operation(method, id, 'connect', description),
          produces: ANY_MEDIA,
          responses: responses({ type: 'string' }, 200),
        },
      ];
    });
  }

  #operation(method: Method, id: string, action: string, description: string): DescribedOperation {
    return {
      method,
      id,
      tag: this.#tag,
      description,
      action,
      kind: this.#kind,
      parameters: [],
      produces: OBJECT_MEDIA,
      responses: [],
    };
  }

  #id(verb: string): string {
    return `${verb}${this.#idGroup}${this.#target()}`;
  }

  /** `NamespacedPodStatus` */
  #target(): string {
    const [, part = ''] = this.#resource.name.split('/');
    return `${this.#resource.namespaced ? 'Namespaced' : ''}${this.#ownerKind}${capital(part)}`;
  }

  #text(): string {
    const [, part] = this.#resource.name.split('/');
    return part === undefined ? `the specified ${this.#ownerKind}` : `${part} of the specified ${this.#ownerKind}`;
  }

  #scopedRoot(): string {
    return this.#resource.namespaced ? `${this.#root}/namespaces/{namespace}` : this.#root;
  }

  #scopeParameters(): readonly Parameter[] {
    return this.#resource.namespaced ? [NAMESPACE] : [];
  }

  #itemParameters(): readonly Parameter[] {
    return [nameParameter(this.#ownerKind), ...this.#scopeParameters(), PRETTY];
  }
}

function body(
  schema: JsonSchema | undefined,
  media: readonly string[],
  required: boolean,
): Pick<DescribedOperation, 'body'> {
  return { body: { schema: schema ?? { type: 'object' }, media, required } };
}

function responses(schema: JsonSchema | undefined, ...codes: number[]): DescribedResponse[] {
  const good = codes.map((code) => ({
    code,
    description: CODE_TEXTS[code] ?? '',
    ...(schema === undefined ? {} : { schema }),
  }));
  return [...good, UNAUTHORIZED];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
