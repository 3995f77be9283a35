import { assertNever } from '@kubernetes-mesos/component-base';
import type { SchedulerCall } from '@kubernetes-mesos/mesos';
import { accept, decline } from './accept';
import type { Cluster } from './cluster';
import { removeFramework, revive, suppress } from './frameworks';
import type { Framework } from './state';
import { acknowledge, kill, reconcileExplicitly, reconcileImplicitly } from './tasks';

/** Every call but SUBSCRIBE and UPDATE_FRAMEWORK: answered 202, whatever comes of it. */
export type OrdinaryCall = Exclude<SchedulerCall, { readonly type: 'SUBSCRIBE' | 'UPDATE_FRAMEWORK' }>;

/** Carries out a validated call of a subscribed framework. */
export function performCall(cluster: Cluster, framework: Framework, call: OrdinaryCall, now: number): void {
  cluster.counters.call(call.type);
  switch (call.type) {
    case 'TEARDOWN':
      removeFramework(cluster, framework, now);
      return;
    case 'ACCEPT':
      accept(cluster, framework, call.accept, now);
      return;
    case 'DECLINE': {
      const ids = (call.decline.offer_ids ?? []).map(({ value }) => value);
      decline(cluster, framework, ids, call.decline.filters?.refuse_seconds, now);
      return;
    }
    case 'REVIVE':
      revive(cluster, framework, call.revive?.roles ?? [], now);
      return;
    case 'SUPPRESS':
      suppress(framework, call.suppress?.roles ?? []);
      return;
    case 'KILL': {
      const { task_id, agent_id, kill_policy } = call.kill;
      kill(cluster, framework, { taskId: task_id.value, agentId: agent_id?.value, killPolicy: kill_policy }, now);
      return;
    }
    case 'SHUTDOWN':
      toExecutor(cluster, call.shutdown.agent_id.value, {
        type: 'SHUTDOWN_EXECUTOR',
        framework_id: framework.id,
        executor_id: call.shutdown.executor_id.value,
      });
      return;
    case 'ACKNOWLEDGE': {
      const { agent_id, task_id, uuid } = call.acknowledge;
      acknowledge(cluster, framework, { agentId: agent_id.value, taskId: task_id.value, uuid }, now);
      return;
    }
    case 'RECONCILE': {
      const tasks = call.reconcile.tasks ?? [];
      if (tasks.length === 0) reconcileImplicitly(cluster, framework, now);
      else reconcileExplicitly(cluster, framework, tasks, now);
      return;
    }
    case 'MESSAGE':
      toExecutor(cluster, call.message.agent_id.value, {
        type: 'SCHEDULER_MESSAGE',
        framework_id: framework.id,
        executor_id: call.message.executor_id.value,
        data: call.message.data,
      });
      return;
    case 'RECONCILE_OPERATIONS':
      for (const { operation_id, agent_id } of call.reconcile_operations.operations ?? []) {
        cluster.toFramework(framework, {
          type: 'UPDATE_OPERATION_STATUS',
          update_operation_status: {
            status: { operation_id, state: 'OPERATION_UNKNOWN', ...(agent_id === undefined ? {} : { agent_id }) },
          },
        });
      }
      return;
    case 'REQUEST': // the allocator looks at what is free, not at what was asked for
    case 'ACCEPT_INVERSE_OFFERS': // only recorded by Mesos, for the operator
    case 'DECLINE_INVERSE_OFFERS':
    case 'ACKNOWLEDGE_OPERATION_STATUS': // operations end at once and without a uuid here
      return;
    default:
      assertNever(call);
  }
}

/** Dropped without a word when the agent is not there, as Mesos does. */
function toExecutor(cluster: Cluster, agentId: string, message: Parameters<Cluster['toAgent']>[1]): void {
  const agent = cluster.state.agents.get(agentId);
  if (agent === undefined || !agent.connected) {
    cluster.counters.add('dropped_messages');
    return;
  }
  cluster.toAgent(agent, message);
}
