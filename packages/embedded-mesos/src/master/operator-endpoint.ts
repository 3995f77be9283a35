import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  masterCallCodec,
  masterEventCodec,
  masterResponseCodec,
  type MasterEvent,
  type MediaType,
} from '@kubernetes-mesos/mesos';
import { negotiate } from '../http/accept';
import { decodeApiCall, NOT_ACCEPTABLE } from '../http/api-call';
import { EventStream } from '../http/event-stream';
import type { Reply } from '../http/reply';
import { HEARTBEAT_SECONDS } from './frameworks';
import { operatorCall, type OperatorContext } from './operator-calls';
import type { MasterRunner } from './runner';
import { stateView } from './views';

/** `POST /api/v1`. @returns the reply, or nothing when the event stream was opened */
export function operatorEndpoint(
  runner: MasterRunner,
  context: OperatorContext,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Reply | undefined {
  const { headers, method } = request;
  const decoded = decodeApiCall({ method, contentType: headers['content-type'], body }, masterCallCodec);
  if ('refused' in decoded) return decoded.refused;
  const mediaType = negotiate(headers.accept);
  if (mediaType === undefined) return NOT_ACCEPTABLE;
  const answer = runner.run((now) => operatorCall(runner.cluster, decoded.call, context, now));
  if ('reply' in answer) return answer.reply;
  if ('response' in answer) {
    return { status: 200, body: masterResponseCodec.encode(answer.response, mediaType), contentType: mediaType };
  }
  openStream(runner, mediaType, response);
  return undefined;
}

function openStream(runner: MasterRunner, mediaType: MediaType, response: ServerResponse): void {
  const stream: EventStream<MasterEvent> = new EventStream<MasterEvent>(response, masterEventCodec, {
    mediaType,
    onClose: () => runner.removeOperator(stream),
  });
  stream.send({
    type: 'SUBSCRIBED',
    subscribed: { get_state: stateView(runner.cluster), heartbeat_interval_seconds: HEARTBEAT_SECONDS },
  });
  stream.send({ type: 'HEARTBEAT' });
  runner.addOperator(stream);
}
