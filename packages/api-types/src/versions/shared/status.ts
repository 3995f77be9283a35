import type { Status, StatusCause, StatusDetails } from '../../machinery/status';
import { int, list, opt, pointer, str, struct, type Decoded, type Draft, type StructShape } from '../shape/shape';
import { compact, count, items, some, text } from './members';

/** The members of a Status that follow its metadata, in every older version. */
export const STATUS_FIELDS = {
  status: opt(str),
  message: opt(str),
  reason: opt(str),
  details: opt(
    pointer(
      struct('StatusDetails', {
        id: opt(str),
        kind: opt(str),
        causes: opt(list(struct('StatusCause', { reason: opt(str), message: opt(str), field: opt(str) }))),
        retryAfterSeconds: opt(int),
      }),
    ),
  ),
  code: opt(int),
} as const;

/** Details without any content are not written; the name is called `id`. */
export function statusFromInternal({
  status,
  message,
  reason,
  details,
  code,
}: Status): Draft<StructShape<typeof STATUS_FIELDS>> {
  return {
    status,
    message,
    reason,
    details:
      some(details, ({ name, kind, causes, retryAfterSeconds }) => ({
        id: name,
        kind,
        causes: causes ?? null,
        retryAfterSeconds,
      })) ?? null,
    code,
  };
}

export function statusToInternal(legacy: Decoded<StructShape<typeof STATUS_FIELDS>>): Status {
  return compact<Status>({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: legacy.status === 'Success' ? 'Success' : 'Failure',
    message: text(legacy.message),
    reason: text(legacy.reason),
    details: some(legacy.details, ({ id, kind, causes, retryAfterSeconds }) =>
      compact<StatusDetails>({
        name: text(id),
        kind: text(kind),
        causes: items(causes, ({ reason, message, field }) =>
          compact<StatusCause>({ reason: text(reason), message: text(message), field: text(field) }),
        ),
        retryAfterSeconds: count(retryAfterSeconds),
      }),
    ),
    code: count(legacy.code),
  });
}
