import { StatusError, type LegacyResource, type Status } from '@kubernetes-mesos/api-types';

/**
 * What a plug-in of admission says against a new object, as release 0.14's said it; other errors as they are.
 * Its plug-ins stopped at the first problem, and knew fewer words.
 */
export function legacyRefusal(error: unknown, { kind, plural }: LegacyResource, name: string): unknown {
  if (!(error instanceof StatusError)) return error;
  const { status, code } = error;
  const text = status.message ?? '';
  if (code === 404 && status.details?.kind === 'namespaces' && plural !== 'namespaces') {
    return forbidden(kind, name, `Namespace ${status.details.name ?? ''} does not exist`);
  }
  if (code !== 403) return error;
  const [, ended] = /unable to create new content in namespace (\S+) because it is being terminated/.exec(text) ?? [];
  if (ended !== undefined) return forbidden(kind, name, `Namespace ${ended} is terminating`);
  if (text.endsWith('admission control is denying all modifications')) {
    return forbidden(plural, '', 'Admission control is denying all modifications');
  }
  const detail = quotaText(text) ?? limitText(text);
  return detail === undefined ? error : forbidden(plural, name, detail);
}

function quotaText(text: string): string | undefined {
  const [, resource, limit] = /exceeded quota: .*, limited: ([^=]+)=([^,]+)/.exec(text) ?? [];
  return resource === undefined ? undefined : `Limited to ${limit ?? ''} ${resource === 'cpu' ? 'CPU' : resource}`;
}

function limitText(text: string): string | undefined {
  const [, bound = '', resource, type = '', limit = '', asked] =
    /\b(min|max)imum (cpu|memory) usage per (Pod|Container) is (\d[^,\s]*?)(?:, but (?:limit|request) is ([^,\s\]]+)|\. )/.exec(
      text,
    ) ?? [];
  if (resource === undefined) return undefined;
  const what = `${bound === 'min' ? 'Minimum' : 'Maximum'} ${resource === 'cpu' ? 'CPU' : resource} usage`;
  const got = resource === 'cpu' && type === 'Pod' ? `, but requested ${asked ?? '0'}` : '';
  return `${what} per ${type.toLowerCase()} is ${limit}${got}`;
}

function forbidden(kind: string, name: string, detail: string): StatusError {
  const status: Status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${kind} "${name}" is forbidden: ${detail}`,
    reason: 'Forbidden',
    details: { ...(name === '' ? {} : { name }), kind },
    code: 403,
  };
  return new StatusError(status);
}
