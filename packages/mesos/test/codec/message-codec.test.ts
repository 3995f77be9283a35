import fc from 'fast-check';
import {
  checkedExecutorEvent,
  checkedSchedulerEvent,
  executorCallCodec,
  executorEventCodec,
  JSON_MEDIA_TYPE,
  masterCallCodec,
  MessageDecodeError,
  PROTOBUF_MEDIA_TYPE,
  schedulerCallCodec,
  schedulerEventCodec,
  taskInfoCodec,
  taskStatusCodec,
  type MediaType,
} from '../../src/codec';
import type { Resource, SchedulerCall, SchedulerEvent, TaskInfo, TaskStatus } from '../../src/messages';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const id = text.map((value) => ({ value }));
const bytes = fc.uint8Array({ maxLength: 40 }).map((raw) => Buffer.from(raw));
const double = fc.double({ noNaN: true });
const scalar = fc.oneof(double, fc.constant(Infinity)).map((value) => ({ value: Object.is(value, -0) ? 0 : value }));
const port = fc.nat({ max: 65535 });

/** A record whose optional fields are there or not; never `undefined`. */
function message<T>(required: object, optional: object): fc.Arbitrary<T> {
  const keys = Object.keys(required);
  return fc.record({ ...required, ...optional }, { requiredKeys: keys as never }) as unknown as fc.Arbitrary<T>;
}
const nonEmpty = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 1, maxLength: 3 });

const resource = fc.oneof(
  message<Resource>(
    { name: text, type: fc.constant('SCALAR'), scalar },
    { allocation_info: message({}, { role: text }) },
  ),
  message<Resource>(
    {
      name: text,
      type: fc.constant('RANGES'),
      ranges: fc.record({ range: nonEmpty(fc.record({ begin: port, end: port })) }),
    },
    {
      reservations: nonEmpty(message({}, { role: text, type: fc.constantFrom('STATIC', 'DYNAMIC'), principal: text })),
    },
  ),
);
const command = message(
  {},
  {
    value: text,
    shell: fc.boolean(),
    arguments: nonEmpty(text),
    uris: nonEmpty(message({ value: text }, { executable: fc.boolean(), extract: fc.boolean() })),
  },
);
const taskInfo = message<TaskInfo>(
  { name: text, task_id: id, agent_id: id },
  {
    resources: nonEmpty(resource),
    data: bytes,
    command,
    executor: message({ executor_id: id }, { data: bytes, command, type: fc.constantFrom('DEFAULT', 'CUSTOM') }),
    kill_policy: message({}, { grace_period: fc.record({ nanoseconds: fc.maxSafeInteger() }) }),
    limits: fc.dictionary(text, scalar, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
  },
);
const taskStatus = message<TaskStatus>(
  { task_id: id, state: fc.constantFrom('TASK_RUNNING', 'TASK_STAGING', 'TASK_UNKNOWN') },
  {
    uuid: bytes,
    data: bytes,
    timestamp: fc.double({ min: 0, max: 4e9, noNaN: true }),
    reason: fc.constantFrom('REASON_RECONCILIATION', 'REASON_AGENT_DRAINING', 'REASON_COMMAND_EXECUTOR_FAILED'),
    source: fc.constantFrom('SOURCE_MASTER', 'SOURCE_EXECUTOR'),
    healthy: fc.boolean(),
    check_status: fc.constant({}),
  },
);
const schedulerCall = fc.oneof(
  fc.record({
    type: fc.constant('ACCEPT' as const),
    framework_id: id,
    accept: fc.record({
      offer_ids: nonEmpty(id),
      operations: nonEmpty(
        fc.record({ type: fc.constant('LAUNCH' as const), launch: fc.record({ task_infos: nonEmpty(taskInfo) }) }),
      ),
      filters: message<{ refuse_seconds?: number }>(
        {},
        { refuse_seconds: fc.double({ min: 0, max: 1e6, noNaN: true }) },
      ),
    }),
  }),
  fc.record({ type: fc.constantFrom('TEARDOWN' as const, 'REVIVE' as const), framework_id: id }),
) as fc.Arbitrary<SchedulerCall>;

const plainZero = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, item: unknown) => (item === 0 ? 0 : item === Infinity ? 'Infinity' : item)));
const mediaTypes: readonly MediaType[] = [JSON_MEDIA_TYPE, PROTOBUF_MEDIA_TYPE];

describe('round trips', () => {
  test.each(mediaTypes)('a task comes back as it was through %s', (mediaType) => {
    fc.assert(
      fc.property(taskInfo, (task) => {
        const back = taskInfoCodec.decode(taskInfoCodec.encode(task, mediaType), mediaType);
        expect(plainZero(back)).toEqual(plainZero(task));
      }),
    );
  });

  test('json and protobuf agree on statuses and calls', () => {
    fc.assert(
      fc.property(taskStatus, schedulerCall, (status, call) => {
        const [json, protobuf] = mediaTypes.map((type) =>
          taskStatusCodec.decode(taskStatusCodec.encode(status, type), type),
        );
        expect(json).toEqual(protobuf);
        const [jsonCall, protobufCall] = mediaTypes.map((type) =>
          schedulerCallCodec.decode(schedulerCallCodec.encode(call, type), type),
        );
        expect(plainZero(jsonCall)).toEqual(plainZero(protobufCall));
      }),
    );
  });
});

describe('decoding', () => {
  test('bytes are Buffers, 64-bit integers numbers, enums names', () => {
    const event: SchedulerEvent = {
      type: 'UPDATE',
      update: {
        status: {
          task_id: { value: 't' },
          state: 'TASK_UNREACHABLE',
          uuid: Buffer.alloc(16, 7),
          unreachable_time: { nanoseconds: 1_732_226_400_123_456 },
        },
      },
    };
    for (const type of mediaTypes) {
      const back = checkedSchedulerEvent(schedulerEventCodec.decode(schedulerEventCodec.encode(event, type), type));
      expect(back).toEqual(event);
      expect(back.type === 'UPDATE' && Buffer.isBuffer(back.update.status.uuid)).toBe(true);
    }
  });

  test('unknown types and unknown enum values are tolerated', () => {
    expect(schedulerEventCodec.decode(Buffer.from([0x08, 99]), PROTOBUF_MEDIA_TYPE)).toEqual({ type: 'UNKNOWN' });
    expect(schedulerEventCodec.decode(Buffer.from('{"type":"BRAND_NEW","brand_new":{}}'), JSON_MEDIA_TYPE)).toEqual({
      type: 'UNKNOWN',
    });
    const status = Buffer.from('{"task_id":{"value":"t"},"state":"TASK_LOST","reason":"REASON_NEW","labels":null}');
    expect(taskStatusCodec.decode(status, JSON_MEDIA_TYPE)).toEqual({ task_id: { value: 't' }, state: 'TASK_LOST' });
  });

  test('64-bit integers and doubles may be strings in JSON', () => {
    const call = masterCallCodec.decode(
      Buffer.from(
        '{"type":"DRAIN_AGENT","drain_agent":{"agent_id":{"value":"S0"},"max_grace_period":{"seconds":"600"}}}',
      ),
      JSON_MEDIA_TYPE,
    );
    expect(call.drain_agent).toEqual({ agent_id: { value: 'S0' }, max_grace_period: { seconds: 600 } });
  });

  test.each<[MediaType, string, string, string]>([
    [JSON_MEDIA_TYPE, '{', 'json-syntax', ''],
    [JSON_MEDIA_TYPE, '[]', 'json-shape', ''],
    [JSON_MEDIA_TYPE, '{"type":"KILL","kill":{}}', 'json-shape', 'Missing required fields: kill.task_id'],
    [
      JSON_MEDIA_TYPE,
      '{"type":"SUBSCRIBE","subscribe":{"framework_info":{"name":"n"}}}',
      'json-shape',
      'Missing required fields: subscribe.framework_info.user',
    ],
    [JSON_MEDIA_TYPE, '{"framework_id":"bare"}', 'json-shape', ''],
    [PROTOBUF_MEDIA_TYPE, '\x0a\xff', 'protobuf', ''],
    [PROTOBUF_MEDIA_TYPE, '\x32\x00', 'protobuf', ''],
  ])('%s %j is refused as %s', (mediaType, body, problem, reason) => {
    const decode = () => schedulerCallCodec.decode(Buffer.from(body, 'latin1'), mediaType);
    expect(decode).toThrow(MessageDecodeError);
    try {
      decode();
    } catch (error) {
      expect(error).toMatchObject({ problem });
      if (reason !== '') expect(error).toMatchObject({ reason });
    }
  });

  test('a subscribe call may have an empty body', () => {
    const ids = { executor_id: { value: 'e' }, framework_id: { value: 'f' } };
    const call = { type: 'SUBSCRIBE' as const, ...ids, subscribe: {} };
    for (const type of mediaTypes) {
      expect(executorCallCodec.decode(executorCallCodec.encode(call, type), type)).toEqual(call);
    }
  });

  test('events without their body are refused, events without a body are not', () => {
    expect(() =>
      checkedExecutorEvent(executorEventCodec.decode(Buffer.from('{"type":"LAUNCH"}'), JSON_MEDIA_TYPE)),
    ).toThrow(/without 'launch'/);
    expect(checkedExecutorEvent({ type: 'SHUTDOWN' })).toEqual({ type: 'SHUTDOWN' });
  });
});
