import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  encodeRecord,
  executorCallCodec,
  executorEventCodec,
  PROTOBUF_MEDIA_TYPE,
  type AgentInfo,
  type ExecutorEvent,
  type TaskStatus,
} from '@kubernetes-mesos/mesos';

/** The executor API of an agent on a real socket: one executor, updates acknowledged and remembered. */
export class ScriptedAgent {
  readonly updates: TaskStatus[] = [];
  readonly agent: AgentInfo = {
    id: { value: 'agent-1' },
    hostname: 'node-1',
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 2.5 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 1024 } },
    ],
  };
  readonly #server: Server;
  #stream: ServerResponse | undefined;
  #refusing = false;
  #subscribed: (() => void) | undefined;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Returns `host:port`. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  subscription(): Promise<void> {
    if (this.#stream !== undefined) return Promise.resolve();
    return new Promise((resolve) => (this.#subscribed = resolve));
  }

  send(event: ExecutorEvent): void {
    this.#stream?.write(encodeRecord(executorEventCodec.encode(event, PROTOBUF_MEDIA_TYPE)));
  }

  launch(taskId: string, data: object | string): void {
    const bytes = Buffer.from(typeof data === 'string' ? data : JSON.stringify(data));
    const task = {
      name: taskId,
      task_id: { value: taskId },
      agent_id: { value: 'agent-1' },
      data: bytes,
      executor: { executor_id: { value: 'exec-1' }, command: { value: 'km' } },
    };
    this.send({ type: 'LAUNCH', launch: { task } });
  }

  /** Ends the connection and refuses others, as an agent that restarts does. */
  disconnect(): void {
    this.#refusing = true;
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  reconnect(): void {
    this.#refusing = false;
  }

  kill(taskId: string): void {
    this.send({ type: 'KILL', kill: { task_id: { value: taskId } } });
  }

  statesOf(taskId: string): string[] {
    return this.updates
      .filter((status) => status.task_id.value === taskId)
      .map(({ state, message }) => `${state} ${message ?? ''}`);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.#refusing) {
      response.writeHead(503).end();
      return;
    }
    const call = executorCallCodec.decode(Buffer.concat(chunks), PROTOBUF_MEDIA_TYPE);
    if (call.type === 'SUBSCRIBE') {
      // What was not acknowledged comes again with the subscription.
      for (const { status } of call.subscribe?.unacknowledged_updates ?? []) this.updates.push(status);
      response.writeHead(200, { 'content-type': PROTOBUF_MEDIA_TYPE });
      this.#stream = response;
      this.send({
        type: 'SUBSCRIBED',
        subscribed: {
          executor_info: { executor_id: { value: 'exec-1' }, command: { value: 'km' }, framework_id: { value: 'fw' } },
          framework_info: { user: 'root', name: 'Kubernetes', id: { value: 'fw' } },
          agent_info: this.agent,
        },
      });
      this.#subscribed?.();
      return;
    }
    response.writeHead(202).end();
    if (call.type !== 'UPDATE' || call.update === undefined) return;
    const { status } = call.update;
    this.updates.push(status);
    if (status.uuid !== undefined) {
      this.send({ type: 'ACKNOWLEDGED', acknowledged: { task_id: status.task_id, uuid: status.uuid } });
    }
  }
}
