import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  executorCallCodec,
  executorEventCodec,
  type ExecutorCallEnvelope,
  type ExecutorCallUpdate,
  type ExecutorEvent,
} from '@kubernetes-mesos/mesos';
import { negotiate } from '../http/accept';
import { decodeApiCall, NOT_ACCEPTABLE } from '../http/api-call';
import { EventStream } from '../http/event-stream';
import { ACCEPTED, badRequest, forbidden, textReply, unavailable, type Reply } from '../http/reply';
import { isUuid } from '../master/validate-call';
import { executorSubscribed, executorUpdate } from './executors';
import type { AgentRunner } from './runner';
import type { AgentFramework, Executor } from './state';

const NOT_RECOVERED = 'Agent has not finished recovery';

/** `POST /api/v1/executor`: Mesos' checks in Mesos' order. @returns the reply, or nothing when a stream was opened */
export function executorEndpoint(
  runner: AgentRunner,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Reply | undefined {
  const { headers, method } = request;
  const decoded = decodeApiCall({ method, contentType: headers['content-type'], body }, executorCallCodec);
  if ('refused' in decoded) return decoded.refused;
  const { call } = decoded;
  const invalid = callError(call);
  if (invalid !== undefined) return badRequest(`Failed to validate Executor::Call: ${invalid}`);
  const { core } = runner;
  if (core.state.phase === 'recovering' && call.type !== 'SUBSCRIBE') return unavailable(NOT_RECOVERED);
  const mediaType = negotiate(headers.accept);
  if (call.type === 'SUBSCRIBE' && mediaType === undefined) return NOT_ACCEPTABLE;
  if (call.type === 'HEARTBEAT') return ACCEPTED;
  const framework = core.state.frameworks.get(call.framework_id.value);
  if (framework === undefined) return badRequest('Framework cannot be found');
  const executor = framework.executors.get(call.executor_id.value);
  if (executor === undefined) return badRequest('Executor cannot be found');
  switch (call.type) {
    case 'SUBSCRIBE': {
      const streamId = randomUUID();
      const stream = new EventStream<ExecutorEvent>(response, executorEventCodec, {
        mediaType: mediaType ?? 'application/json',
        onClose: () => runner.streamClosed(streamId, framework.id, executor),
      });
      runner.addStream(streamId, stream);
      runner.run((now) => executorSubscribed(core, framework, executor, call.subscribe ?? {}, streamId, now));
      return undefined;
    }
    case 'UPDATE':
      return updateCall(runner, framework, executor, call.update);
    case 'MESSAGE': {
      if (executor.phase.name === 'registering') return forbidden('Executor is not subscribed');
      const data = call.message?.data ?? Buffer.alloc(0);
      runner.run(() =>
        core.toMaster({
          type: 'EXECUTOR_MESSAGE',
          framework_id: framework.id,
          executor_id: executor.id,
          data,
        }),
      );
      return ACCEPTED;
    }
    case 'UNKNOWN':
      return textReply(501, 'Unknown call type');
  }
}

function updateCall(
  runner: AgentRunner,
  framework: AgentFramework,
  executor: Executor,
  update: ExecutorCallUpdate | undefined,
): Reply {
  if (executor.phase.name === 'registering') return forbidden('Executor is not subscribed');
  if (update !== undefined) {
    runner.run((now) => executorUpdate(runner.core, framework, executor, update.status, now));
  }
  return ACCEPTED;
}

function callError(call: ExecutorCallEnvelope): string | undefined {
  if (call.type === 'UNKNOWN') return "Expecting 'type' to be present";
  if (call.executor_id.value === '') return "Expecting 'executor_id' to be present";
  if (call.framework_id.value === '') return "Expecting 'framework_id' to be present";
  switch (call.type) {
    case 'SUBSCRIBE':
      return call.subscribe === undefined ? "Expecting 'subscribe' to be present" : undefined;
    case 'UPDATE':
      return updateError(call);
    case 'MESSAGE':
      return call.message === undefined ? "Expecting 'message' to be present" : undefined;
    case 'HEARTBEAT':
      return undefined;
  }
}

function updateError(call: ExecutorCallEnvelope): string | undefined {
  if (call.update === undefined) return "Expecting 'update' to be present";
  const { status } = call.update;
  if (status.uuid === undefined) return "Expecting 'uuid' to be present";
  if (!isUuid(status.uuid)) return 'Not a valid UUID';
  const given = status.executor_id?.value;
  if (given !== undefined && given !== call.executor_id.value) {
    return `ExecutorID in Call: ${call.executor_id.value} does not match ExecutorID in TaskStatus: ${given}`;
  }
  if (status.source !== 'SOURCE_EXECUTOR') {
    return `Received Call from executor ${call.executor_id.value} of framework ${call.framework_id.value} with invalid source, expecting 'SOURCE_EXECUTOR'`;
  }
  if (status.state === 'TASK_STAGING') {
    return `Received TASK_STAGING from executor ${call.executor_id.value} of framework ${call.framework_id.value} which is not allowed`;
  }
  return undefined;
}
