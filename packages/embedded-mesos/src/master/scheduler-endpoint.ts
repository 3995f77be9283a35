import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  schedulerCallCodec,
  schedulerEventCodec,
  type SchedulerCall,
  type SchedulerEvent,
} from '@kubernetes-mesos/mesos';
import { negotiate } from '../http/accept';
import { decodeApiCall, NOT_ACCEPTABLE } from '../http/api-call';
import { EventStream } from '../http/event-stream';
import { ACCEPTED, badRequest, forbidden, OK, textReply, type Reply } from '../http/reply';
import type { Caller } from './authentication';
import { subscribe, subscribeError, updateFramework } from './frameworks';
import type { MasterRunner } from './runner';
import { performCall } from './scheduler-calls';
import { validateSchedulerCall } from './validate-call';

type Subscribe = Extract<SchedulerCall, { readonly type: 'SUBSCRIBE' }>;

/** `POST /api/v1/scheduler`: Mesos' checks in Mesos' order. @returns the reply, or nothing when a stream was opened */
export function schedulerEndpoint(
  runner: MasterRunner,
  caller: Caller,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Reply | undefined {
  if (caller.kind === 'refused') return caller.reply;
  const { headers, method } = request;
  const decoded = decodeApiCall({ method, contentType: headers['content-type'], body }, schedulerCallCodec);
  if ('refused' in decoded) return decoded.refused;
  const validated = validateSchedulerCall(decoded.call);
  if ('unknown' in validated) return textReply(501, 'Unknown call type');
  if ('invalid' in validated) return badRequest(`Failed to validate scheduler::Call: ${validated.invalid}`);
  const { call } = validated;
  const streamId = singleHeader(headers['mesos-stream-id']);
  if (call.type === 'SUBSCRIBE') return subscribeCall(runner, caller, call, streamId, request, response);
  if (call.type === 'RECONCILE_OPERATIONS' && negotiate(headers.accept) === undefined) return NOT_ACCEPTABLE;
  return ordinaryCall(runner, caller, call, streamId);
}

function subscribeCall(
  runner: MasterRunner,
  caller: Caller,
  call: Subscribe,
  givenStreamId: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Reply | undefined {
  const adopted = withPrincipal(call, caller);
  if ('mismatch' in adopted) return badRequest(`Failed to validate scheduler::Call: ${adopted.mismatch}`);
  const mediaType = negotiate(request.headers.accept);
  if (mediaType === undefined) return NOT_ACCEPTABLE;
  if (givenStreamId !== undefined) {
    return badRequest("Subscribe calls should not include the 'Mesos-Stream-Id' header");
  }
  const streamId = randomUUID();
  let frameworkId: string | undefined;
  const stream = new EventStream<SchedulerEvent>(response, schedulerEventCodec, {
    mediaType,
    headers: { 'Mesos-Stream-Id': streamId },
    onClose: () => runner.streamClosed(streamId, frameworkId),
  });
  const refused = subscribeError(runner.cluster, adopted.subscribe);
  if (refused !== undefined) {
    stream.send({ type: 'ERROR', error: { message: refused } });
    stream.close();
    return undefined;
  }
  runner.addStream(streamId, stream);
  runner.run((now) => {
    runner.cluster.counters.call('SUBSCRIBE');
    frameworkId = subscribe(runner.cluster, adopted.subscribe, streamId, now).id;
  });
  return undefined;
}

/** A framework without a principal takes the authenticated one. */
function withPrincipal(
  call: Subscribe,
  caller: Caller,
): { readonly subscribe: Subscribe['subscribe'] } | { readonly mismatch: string } {
  const { subscribe: given } = call;
  if (caller.kind !== 'principal') return { subscribe: given };
  const { principal } = given.framework_info;
  if (principal === undefined) {
    return { subscribe: { ...given, framework_info: { ...given.framework_info, principal: caller.principal } } };
  }
  return principal === caller.principal
    ? { subscribe: given }
    : { mismatch: mismatchText(caller.principal, principal) };
}

function ordinaryCall(
  runner: MasterRunner,
  caller: Caller,
  call: Exclude<SchedulerCall, { readonly type: 'SUBSCRIBE' }>,
  streamId: string | undefined,
): Reply {
  const framework = runner.cluster.frameworkOf(call.framework_id?.value);
  if (framework === undefined) return badRequest('Framework cannot be found');
  const { principal } = framework.info;
  if (caller.kind === 'principal' && principal !== undefined && principal !== caller.principal) {
    return badRequest(mismatchText(caller.principal, principal));
  }
  if (framework.connection.phase !== 'connected') return forbidden('Framework is not subscribed');
  if (streamId === undefined) {
    return badRequest("All non-subscribe calls should include the 'Mesos-Stream-Id' header");
  }
  if (streamId !== framework.connection.streamId) {
    return badRequest(
      `The stream ID '${streamId}' included in this request didn't match the stream ID currently associated with framework ID ${framework.id}`,
    );
  }
  if (call.type === 'UPDATE_FRAMEWORK') {
    const error = runner.run((now) => updateFramework(runner.cluster, framework, call.update_framework, now));
    return error === undefined ? OK : badRequest(error);
  }
  runner.run((now) => performCall(runner.cluster, framework, call, now));
  return ACCEPTED;
}

function mismatchText(authenticated: string, set: string): string {
  return `Authenticated principal '${authenticated}' does not match principal '${set}' set in \`FrameworkInfo\``;
}

function singleHeader(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
