import type { SchedulerCall, SchedulerCallEnvelope } from '@kubernetes-mesos/mesos';

/** A call that passed the master's checks, or why it did not (the text after `Failed to validate scheduler::Call: `). */
export type ValidatedCall =
  { readonly call: SchedulerCall } | { readonly invalid: string } | { readonly unknown: true };

/** Types whose body must be there. REVIVE, SUPPRESS and TEARDOWN need none. */
const BODIES = {
  SUBSCRIBE: 'subscribe',
  ACCEPT: 'accept',
  DECLINE: 'decline',
  ACCEPT_INVERSE_OFFERS: 'accept_inverse_offers',
  DECLINE_INVERSE_OFFERS: 'decline_inverse_offers',
  KILL: 'kill',
  SHUTDOWN: 'shutdown',
  ACKNOWLEDGE: 'acknowledge',
  ACKNOWLEDGE_OPERATION_STATUS: 'acknowledge_operation_status',
  RECONCILE: 'reconcile',
  RECONCILE_OPERATIONS: 'reconcile_operations',
  MESSAGE: 'message',
  REQUEST: 'request',
  UPDATE_FRAMEWORK: 'update_framework',
  TEARDOWN: undefined,
  REVIVE: undefined,
  SUPPRESS: undefined,
} as const satisfies Record<SchedulerCall['type'], keyof SchedulerCallEnvelope | undefined>;

export function validateSchedulerCall(envelope: SchedulerCallEnvelope): ValidatedCall {
  const { type } = envelope;
  if (type === 'UNKNOWN') return { invalid: "Expecting 'type' to be present" };
  const body = BODIES[type];
  if (type === 'SUBSCRIBE') {
    if (envelope.subscribe === undefined) return { invalid: expecting('subscribe') };
    if ((envelope.framework_id?.value ?? '') !== (envelope.subscribe.framework_info.id?.value ?? '')) {
      return { invalid: "'framework_id' differs from 'subscribe.framework_info.id'" };
    }
  } else if (envelope.framework_id === undefined) return { invalid: expecting('framework_id') };
  if (body !== undefined && envelope[body] === undefined) return { invalid: expecting(body) };
  if (type === 'ACKNOWLEDGE' && envelope.acknowledge !== undefined && !isUuid(envelope.acknowledge.uuid)) {
    return { invalid: 'Not a valid UUID' };
  }
  if (type === 'ACKNOWLEDGE_OPERATION_STATUS' && envelope.acknowledge_operation_status !== undefined) {
    if (!isUuid(envelope.acknowledge_operation_status.uuid)) return { invalid: 'Not a valid UUID' };
    if (envelope.acknowledge_operation_status.agent_id === undefined) return { invalid: expecting('agent_id') };
  }
  // The body that the type asks for is there: the envelope is the call.
  return { call: envelope as SchedulerCall };
}

function expecting(field: string): string {
  return `Expecting '${field}' to be present`;
}

/** 16 bytes with a version nibble of 1 to 5. */
export function isUuid(bytes: Buffer): boolean {
  const version = (bytes[6] ?? 0) >> 4;
  return bytes.length === 16 && version >= 1 && version <= 5;
}
