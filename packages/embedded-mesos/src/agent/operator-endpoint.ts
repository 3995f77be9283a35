import type { IncomingMessage } from 'node:http';
import {
  agentCallCodec,
  agentResponseCodec,
  type AgentCall,
  type AgentResponse,
  type AgentResponseGetTasks,
} from '@kubernetes-mesos/mesos';
import { negotiate } from '../http/accept';
import { decodeApiCall, NOT_ACCEPTABLE } from '../http/api-call';
import { badRequest, textReply, unavailable, type Reply } from '../http/reply';
import { isTerminal } from '../master/state';
import { VERSION_INFO } from '../version';
import type { AgentCore } from './core';
import { taskMessage } from './master-messages';
import { agentMetrics, allExecutors, type AgentReadContext } from './read-endpoints';
import { newTask } from './state';

/** `POST /api/v1` on the agent: its reads. Nested containers and attaching are answered 501. */
export function agentOperatorEndpoint(
  core: AgentCore,
  context: AgentReadContext,
  request: IncomingMessage,
  body: Buffer,
  now: number,
): Reply {
  const { headers, method } = request;
  const decoded = decodeApiCall({ method, contentType: headers['content-type'], body }, agentCallCodec);
  if ('refused' in decoded) return decoded.refused;
  const mediaType = negotiate(headers.accept);
  if (mediaType === undefined) return NOT_ACCEPTABLE;
  if (core.state.phase === 'recovering') return unavailable('Agent has not finished recovery');
  const answer = answerOf(core, context, decoded.call, now);
  if ('status' in answer) return answer;
  return { status: 200, body: agentResponseCodec.encode(answer, mediaType), contentType: mediaType };
}

function answerOf(core: AgentCore, context: AgentReadContext, call: AgentCall, now: number): AgentResponse | Reply {
  const frameworks = { frameworks: [...core.state.frameworks.values()].map(({ info }) => ({ framework_info: info })) };
  switch (call.type) {
    case undefined:
    case 'UNKNOWN':
      return badRequest("Failed to validate agent::Call: Expecting 'type' to be present");
    case 'GET_HEALTH':
      return { type: 'GET_HEALTH', get_health: { healthy: true } };
    case 'GET_FLAGS': {
      const flags = Object.entries(context.flags).map(([name, value]) => ({ name, value }));
      return { type: 'GET_FLAGS', get_flags: { flags } };
    }
    case 'GET_VERSION':
      return { type: 'GET_VERSION', get_version: { version_info: VERSION_INFO } };
    case 'GET_METRICS': {
      if (call.get_metrics === undefined) {
        return badRequest("Failed to validate agent::Call: Expecting 'get_metrics' to be present");
      }
      const metrics = Object.entries(agentMetrics(core, context, now)).map(([name, value]) => ({ name, value }));
      return { type: 'GET_METRICS', get_metrics: { metrics } };
    }
    case 'GET_STATE':
      return {
        type: 'GET_STATE',
        get_state: { get_tasks: tasksOf(core), get_executors: executorsOf(core), get_frameworks: frameworks },
      };
    case 'GET_FRAMEWORKS':
      return { type: 'GET_FRAMEWORKS', get_frameworks: frameworks };
    case 'GET_EXECUTORS':
      return { type: 'GET_EXECUTORS', get_executors: executorsOf(core) };
    case 'GET_TASKS':
      return { type: 'GET_TASKS', get_tasks: tasksOf(core) };
    case 'GET_CONTAINERS':
      return { type: 'GET_CONTAINERS', get_containers: { containers: containersOf(core) } };
    case 'GET_AGENT':
      return {
        type: 'GET_AGENT',
        get_agent: {
          agent_info: core.state.info,
          ...(core.state.drain === undefined ? {} : { drain_config: core.state.drain }),
        },
      };
    default:
      return textReply(501, `${call.type} is not implemented by this agent`);
  }
}

function executorsOf(core: AgentCore): NonNullable<AgentResponse['get_executors']> {
  return {
    executors: allExecutors(core).map(({ info }) => ({ executor_info: info })),
    completed_executors: [...core.state.frameworks.values()].flatMap((framework) =>
      framework.completedExecutors.map(({ info }) => ({ executor_info: info })),
    ),
  };
}

function tasksOf(core: AgentCore): AgentResponseGetTasks {
  const executors = allExecutors(core);
  const tasks = executors.flatMap((executor) =>
    [...executor.tasks.values()].map((task) => taskMessage(core, executor, task)),
  );
  return {
    queued_tasks: executors.flatMap((executor) =>
      executor.queued.flatMap((launch) => launch.tasks.map((info) => taskMessage(core, executor, newTask(info)))),
    ),
    launched_tasks: tasks.filter(({ state }) => !isTerminal(state)),
    terminated_tasks: tasks.filter(({ state }) => isTerminal(state)),
    completed_tasks: executors.flatMap((executor) =>
      executor.completedTasks.map((task) => taskMessage(core, executor, task)),
    ),
  };
}

function containersOf(core: AgentCore): NonNullable<NonNullable<AgentResponse['get_containers']>['containers']> {
  return allExecutors(core).map((executor) => ({
    framework_id: { value: executor.frameworkId },
    executor_id: { value: executor.id },
    executor_name: executor.info.name ?? '',
    container_id: { value: executor.containerId },
    ...(executor.pid === undefined ? {} : { container_status: { executor_pid: executor.pid } }),
  }));
}
