export type { ConnectionEvent, SchedulerClient } from './scheduler-client';
export type { ExecutorClient } from './executor-client';
export type { MasterDetector } from './master-detector';
export type * from './messages';
export {
  agentCallCodec,
  agentResponseCodec,
  checkedExecutorEvent,
  checkedSchedulerEvent,
  executorCallCodec,
  executorEventCodec,
  frameworkInfoCodec,
  isMediaType,
  JSON_MEDIA_TYPE,
  masterCallCodec,
  masterEventCodec,
  masterResponseCodec,
  MessageCodec,
  MessageDecodeError,
  PROTOBUF_MEDIA_TYPE,
  schedulerCallCodec,
  schedulerEventCodec,
  taskInfoCodec,
  taskStatusCodec,
  type DecodeProblem,
  type MediaType,
} from './codec';
