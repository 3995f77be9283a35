import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PodScheduler } from '../driver/pod-scheduler';
import type { TaskPhase } from '../tasks/task-phase';

/** The numbers that the original shows for task states. */
const STATE_NUMBER: Readonly<Record<TaskPhase['kind'], number>> = {
  waiting: 0,
  launching: 0,
  live: 1,
  settling: 2,
  checking: 3,
  unreachable: 3,
};

/**
 * `/debug/...`: the queue, the pods and the tasks as text; reconciliation on request; asking idle executors to end.
 * @param scheduler the one in office, if there is one
 * @returns whether the path is one of these
 */
export function debugHandler(
  scheduler: () => PodScheduler | undefined,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://debug');
    const text = (status: number, lines: Iterable<string>): true => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end([...lines].map((line) => `${line}\n`).join(''));
      return true;
    };
    const current = scheduler();
    switch (pathname) {
      case '/debug/scheduler/podqueue':
        return text(200, current === undefined ? [] : queueLines(current));
      case '/debug/scheduler/podstore':
        return text(200, current === undefined ? [] : podLines(current));
      case '/debug/registry/tasks':
        return text(200, current === undefined ? ['task_count=0'] : taskLines(current));
      case '/debug/actions/requestExplicit':
      case '/debug/actions/requestImplicit': {
        const kind = pathname.endsWith('Explicit') ? 'explicit' : 'implicit';
        if (current?.reconciler.request(kind) !== true) {
          return text(503, ['not subscribed to Mesos as the leading scheduler, or asked too soon again']);
        }
        response.writeHead(204).end();
        return true;
      }
      case '/debug/actions/kamikaze':
        if (current === undefined) return text(503, ['not the leading scheduler']);
        return text(200, [...current.executors.kamikaze(), 'OK']);
      default:
        return false;
    }
  };
}

function* queueLines(scheduler: PodScheduler): Iterable<string> {
  const { queue, memory } = scheduler.state;
  for (const { demand } of queue.waiting()) {
    yield `${demand.key}\tuid=${demand.uid}\t${memory.explain(demand.signature)}`;
  }
}

function* podLines(scheduler: PodScheduler): Iterable<string> {
  for (const { pod, uid, phase } of scheduler.state.registry.all()) {
    if (pod === undefined) continue;
    const { namespace = '', name = '' } = pod.metadata;
    yield `${namespace}/${name}\tuid=${uid}\tnode=${pod.spec?.nodeName ?? ''}\ttask=${phase.kind}`;
  }
}

function* taskLines(scheduler: PodScheduler): Iterable<string> {
  const tasks = [...scheduler.state.registry.all()].filter(({ phase }) => phase.kind !== 'waiting');
  yield `task_count=${tasks.length}`;
  for (const { taskId, pod, phase } of tasks) {
    const key = pod === undefined ? '' : `${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}`;
    yield [taskId, key, STATE_NUMBER[phase.kind], phase.kind === 'waiting' ? '' : (phase.agentId ?? '')].join('\t');
  }
}
