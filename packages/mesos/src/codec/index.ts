import { mesos } from '@kubernetes-mesos/protos';
import type {
  AgentCall,
  AgentResponse,
  ExecutorCallEnvelope,
  ExecutorEvent,
  ExecutorEventEnvelope,
  FrameworkInfo,
  MasterCall,
  MasterEvent,
  MasterResponse,
  SchedulerCall,
  SchedulerCallEnvelope,
  SchedulerEvent,
  SchedulerEventEnvelope,
  TaskInfo,
  TaskStatus,
} from '../messages';
import { MessageCodec, type StaticMessage } from './message-codec';

export {
  isMediaType,
  JSON_MEDIA_TYPE,
  MessageCodec,
  MessageDecodeError,
  PROTOBUF_MEDIA_TYPE,
  type DecodeProblem,
  type MediaType,
} from './message-codec';
export { checkedSchedulerEvent, checkedExecutorEvent } from './checked-events';

const { v1 } = mesos;

/** Calls decode to envelopes: who receives them answers each missing body with its own text. */
export const schedulerCallCodec = new MessageCodec<SchedulerCall, SchedulerCallEnvelope>(
  staticMessage(v1.scheduler.Call),
  'mesos.v1.scheduler.Call',
);
export const executorCallCodec = new MessageCodec<ExecutorCallEnvelope>(
  staticMessage(v1.executor.Call),
  'mesos.v1.executor.Call',
);
/** Events decode to envelopes too; `checkedSchedulerEvent` and `checkedExecutorEvent` turn them into events. */
export const schedulerEventCodec = new MessageCodec<SchedulerEvent, SchedulerEventEnvelope>(
  staticMessage(v1.scheduler.Event),
  'mesos.v1.scheduler.Event',
);
export const executorEventCodec = new MessageCodec<ExecutorEvent, ExecutorEventEnvelope>(
  staticMessage(v1.executor.Event),
  'mesos.v1.executor.Event',
);
export const masterCallCodec = new MessageCodec<MasterCall>(staticMessage(v1.master.Call), 'mesos.v1.master.Call');
export const masterResponseCodec = new MessageCodec<MasterResponse>(
  staticMessage(v1.master.Response),
  'mesos.v1.master.Response',
);
export const masterEventCodec = new MessageCodec<MasterEvent>(staticMessage(v1.master.Event), 'mesos.v1.master.Event');
export const agentCallCodec = new MessageCodec<AgentCall>(staticMessage(v1.agent.Call), 'mesos.v1.agent.Call');
export const agentResponseCodec = new MessageCodec<AgentResponse>(
  staticMessage(v1.agent.Response),
  'mesos.v1.agent.Response',
);
/** Single messages, for what is kept on disk. */
export const frameworkInfoCodec = new MessageCodec<FrameworkInfo>(
  staticMessage(v1.FrameworkInfo),
  'mesos.v1.FrameworkInfo',
  { typed: false },
);
export const taskInfoCodec = new MessageCodec<TaskInfo>(staticMessage(v1.TaskInfo), 'mesos.v1.TaskInfo', {
  typed: false,
});
export const taskStatusCodec = new MessageCodec<TaskStatus>(staticMessage(v1.TaskStatus), 'mesos.v1.TaskStatus', {
  typed: false,
});

/** The generated classes declare their own message types in each place; the codec hands them only what they built. */
function staticMessage(generated: unknown): StaticMessage {
  return generated as StaticMessage;
}
