import { Writer } from 'protobufjs/minimal';
import type { MessagePlan, ProtoPlans, ValuePlan } from './proto-plan';

type JsonObject = Readonly<Record<string, unknown>>;

/** Writes one object of a type as a message. Members without a field number are left out. @throws Error for an unknown type */
export function encodeMessage(plans: ProtoPlans, type: string, object: JsonObject): Uint8Array {
  const plan = plans.find(type);
  if (plan === undefined) throw new Error(`${type} is not carried in protobuf`);
  const writer = Writer.create();
  writeMembers(writer, plan, object, plans);
  return writer.finish();
}

function writeMembers(writer: Writer, plan: MessagePlan, object: JsonObject, plans: ProtoPlans): void {
  for (const { number, name, value } of plan.fields) {
    const member = object[name];
    if (member !== undefined && member !== null) writeField(writer, number, value, member, plans);
  }
  for (const { number, plan: part } of plan.inline) {
    writer.uint32((number << 3) | 2).fork();
    writeMembers(writer, part, object, plans);
    writer.ldelim();
  }
}

function writeField(writer: Writer, number: number, value: ValuePlan, member: unknown, plans: ProtoPlans): void {
  switch (value.kind) {
    case 'list':
      if (!Array.isArray(member)) return;
      for (const item of member as unknown[]) writeValue(writer, number, value.items, item, plans);
      return;
    case 'map':
      if (!isObject(member)) return;
      for (const key of Object.keys(member).sort()) {
        writer.uint32((number << 3) | 2).fork();
        writer.uint32(10).string(key);
        writeNested(writer, value.values, member[key], plans);
        writer.ldelim();
      }
      return;
    default:
      writeValue(writer, number, value, member, plans);
  }
}

/** The value of a map's entry; a list there is a message of its own. */
function writeNested(writer: Writer, value: ValuePlan, member: unknown, plans: ProtoPlans): void {
  if (value.kind !== 'list') {
    writeValue(writer, 2, value, member, plans);
    return;
  }
  writer.uint32(18).fork();
  if (Array.isArray(member)) for (const item of member as unknown[]) writeValue(writer, 1, value.items, item, plans);
  writer.ldelim();
}

function writeValue(writer: Writer, number: number, value: ValuePlan, member: unknown, plans: ProtoPlans): void {
  switch (value.kind) {
    case 'string':
      writer.uint32((number << 3) | 2).string(textOf(member));
      return;
    case 'bytes':
      writer.uint32((number << 3) | 2).bytes(Buffer.from(textOf(member), 'base64'));
      return;
    case 'int':
      writer.uint32(number << 3).int64(Number(member));
      return;
    case 'double':
      writer.uint32((number << 3) | 1).double(Number(member));
      return;
    case 'bool':
      writer.uint32(number << 3).bool(member === true);
      return;
    default:
  }
  writer.uint32((number << 3) | 2).fork();
  switch (value.kind) {
    case 'time':
    case 'micro-time':
      writeTime(writer, textOf(member));
      break;
    case 'quantity':
      writer.uint32(10).string(textOf(member));
      break;
    case 'duration':
      writer.uint32(8).int64(Math.round(Number.parseFloat(textOf(member)) * 1e9));
      break;
    case 'int-or-string':
      if (typeof member === 'number') writer.uint32(8).int64(0).uint32(16).int32(member);
      else writer.uint32(8).int64(1).uint32(26).string(textOf(member));
      break;
    case 'raw-json':
      writer.uint32(10).string(JSON.stringify(member));
      break;
    case 'message': {
      const plan = plans.find(value.type);
      if (plan !== undefined && isObject(member)) writeMembers(writer, plan, member, plans);
      break;
    }
    case 'list':
    case 'map':
      break;
  }
  writer.ldelim();
}

/** Seconds and nanoseconds; years before 1970 are negative seconds. */
function writeTime(writer: Writer, text: string): void {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return;
  const seconds = Math.floor(ms / 1000);
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  writer
    .uint32(8)
    .int64(seconds)
    .uint32(16)
    .int32(Number(fraction.padEnd(9, '0')));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
