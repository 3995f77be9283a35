import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

const OURS = join(__dirname, '../../../proto/mesos/v1');
/** The protos of Debian's golang-github-mesos-mesos-go-dev: an independent witness. Absent there, the test is skipped. */
const THEIRS = '/usr/share/gocode/src/github.com/mesos/mesos-go/api/v1/lib';
const FILES = ['mesos', 'scheduler/scheduler', 'executor/executor', 'agent/agent', 'master/master', 'quota/quota'];

/** Every field and enum value by full name, with its number, label and type. */
function numbersOf(folder: string): Map<string, string> {
  const root = new protobuf.Root();
  for (const file of FILES) {
    protobuf.parse(readFileSync(join(folder, `${file}.proto`), 'utf8'), root, { keepCase: true });
  }
  const numbers = new Map<string, string>();
  const visit = (object: protobuf.ReflectionObject): void => {
    const name = object.fullName.replace(/^\.mesos\.(v1\.)?/, '');
    if (object instanceof protobuf.Type) {
      for (const field of object.fieldsArray) {
        const type = field.type.split('.').at(-1);
        const fallback = String(field.options?.['default'] ?? '');
        numbers.set(`${name}.${field.name}`, [field.id, field.rule ?? 'optional', type, fallback].join(' '));
      }
    } else if (object instanceof protobuf.Enum) {
      for (const [value, number] of Object.entries(object.values)) numbers.set(`${name}.${value}`, String(number));
    }
    if (object instanceof protobuf.Namespace) object.nestedArray.forEach(visit);
  };
  visit(root);
  return numbers;
}

const witness = existsSync(THEIRS) ? test : test.skip;

witness('field numbers, labels, types and defaults are those that mesos-go was compiled from', () => {
  const theirs = numbersOf(THEIRS);
  const different: string[] = [];
  let compared = 0;
  for (const [name, number] of numbersOf(OURS)) {
    const known = theirs.get(name);
    if (known === undefined) continue; // newer than that library
    compared += 1;
    if (known !== number) different.push(`${name}: ${number}, there ${known}`);
  }
  expect(compared).toBeGreaterThan(700);
  // Standalone containers (1.5) made these optional.
  const relaxed = /^agent\.Response\.GetContainers\.Container\.(framework_id|executor_id|executor_name):/;
  expect(different.filter((line) => !relaxed.test(line))).toEqual([]);
});
