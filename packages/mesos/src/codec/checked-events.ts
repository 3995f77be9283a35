import type { ExecutorEvent, ExecutorEventEnvelope, SchedulerEvent, SchedulerEventEnvelope } from '../messages';
import { MessageDecodeError } from './message-codec';

/** Types whose events carry no body. */
const BODILESS = new Set(['HEARTBEAT', 'SHUTDOWN', 'UNKNOWN']);

/** @throws MessageDecodeError when the body that the type announces is missing. */
export function checkedSchedulerEvent(envelope: SchedulerEventEnvelope): SchedulerEvent {
  requireBody(envelope.type, envelope);
  // The body is there: an envelope with it is the event.
  return envelope as SchedulerEvent;
}

/** @throws MessageDecodeError when the body that the type announces is missing. */
export function checkedExecutorEvent(envelope: ExecutorEventEnvelope): ExecutorEvent {
  requireBody(envelope.type, envelope);
  // The body is there: an envelope with it is the event.
  return envelope as ExecutorEvent;
}

function requireBody(type: string, envelope: object): void {
  if (BODILESS.has(type)) return;
  const body = type.toLowerCase();
  if (!Object.hasOwn(envelope, body)) {
    throw new MessageDecodeError('protobuf', `an event of type ${type} without '${body}'`);
  }
}
