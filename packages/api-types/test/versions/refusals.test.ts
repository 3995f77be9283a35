/** Every POST that v0.14.1 refused for what its body was must be refused in the same words. */
import {
  decodeLegacyBody,
  LEGACY_VALIDATION,
  LEGACY_VERSIONS,
  legacyCauses,
  LegacyBodyError,
  legacyErrorsText,
} from '../../src/versions';
import type { LegacyVersion } from '../../src';
import { describeGoldens, isRecord, scenarios, type GoldenCase } from './goldens';

const SUITES = ['convert-v0.14.1', 'v1beta1', 'v1beta2', 'v1beta3'];

/** Refused for what was there already, or by another part of the server. */
const ELSEWHERE =
  /already allocated|does not fall within|Name parameter|does not match the namespace|Namespace parameter/;

describeGoldens('bodies that v0.14.1 refused', () => {
  for (const suite of SUITES) {
    for (const { name, cases } of scenarios(suite)) {
      const refused = cases.filter(isRefusedBody);
      if (refused.length > 0)
        test.each(refused.map((one) => [one.name.split('/').pop(), one] as const))(`${suite}/${name} %s`, (_, one) =>
          expectRefusal(one),
        );
    }
  }
});

function isRefusedBody({ request, response }: GoldenCase): boolean {
  const { body } = response;
  if (request.method !== 'POST' || !isRecord(body)) return false;
  return (response.status === 422 || response.status === 400) && !ELSEWHERE.test(String(body['message']));
}

function expectRefusal({ request, response }: GoldenCase): void {
  const answer = response.body as { apiVersion: LegacyVersion; message: string; details?: { causes?: unknown[] } };
  const [, urlName = ''] =
    /\/(\w+)(?:\?|$)/.exec(
      request.path.replace(/\/binding\?/, 's?').replace(/^.*\/pods\/[\w-]+\/bindings/, '/bindings'),
    ) ?? [];
  const resource = LEGACY_VERSIONS[answer.apiVersion].resource(urlName);
  const kind = resource!.kind;
  const namespace = new URL(request.path, 'http://x').searchParams.get('namespace') ?? 'default';
  const text =
    request.body === undefined ? '' : typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
  let message: string;
  let causes: unknown[] = [];
  try {
    const object = decodeLegacyBody(text, kind, LEGACY_VERSIONS);
    object.metadata = { namespace, ...object.metadata };
    if (object.metadata.generateName !== undefined) object.metadata.name ??= `${object.metadata.generateName}00000`;
    const errors = LEGACY_VALIDATION.get(kind)!.create(object, { allowPrivileged: false });
    causes = legacyCauses(errors);
    message = `${resource!.invalidKind} "${object.metadata.name ?? ''}" is invalid: ${legacyErrorsText(errors)}`;
  } catch (error) {
    if (!(error instanceof LegacyBodyError)) throw error;
    message = error.message;
  }
  expect(message).toMatch(pattern(answer.message));
  const expected = (answer.details?.causes ?? []) as { message: string }[];
  expect(causes).toEqual(
    expected.map((cause) => ({ ...cause, message: expect.stringMatching(pattern(cause.message)) as unknown })),
  );
}

/** `<any>` stands for what only the old server could print. */
function pattern(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('<any>', '[^]*').replaceAll('<rand>', '[a-z0-9]{5}')}$`);
}

test.each([1e30, -1e19, 9.3e18])('a number that no integer of 64 bits can hold is refused: %d', (cpu) => {
  const body = { kind: 'Pod', apiVersion: 'v1beta1', desiredState: { manifest: { containers: [{ name: 'a', cpu }] } } };
  expect(() => decodeLegacyBody(JSON.stringify(body), 'Pod', LEGACY_VERSIONS)).toThrow(/cannot unmarshal number/);
});

test.each([
  ['['.repeat(500_000), 'unexpected end of JSON input'],
  [`${'{"a":'.repeat(300_000)}x`, "invalid character 'x' looking for beginning of value"],
  ['{"a":[1,{"b":2}}', "invalid character '}' after array element"],
  ['{"a":{"b":[]} "c"', `invalid character '"' after object key:value pair`],
  ['[{},[],{"a":1},', 'unexpected end of JSON input'],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a":1}}', "invalid character '}' after top-level value"],
])('what is no JSON is told at any depth: %#', (text, problem) => {
  const message = `the object provided is unrecognized (must be of type Pod): couldn't get version/kind: ${problem}`;
  expect(() => decodeLegacyBody(text, 'Pod', LEGACY_VERSIONS)).toThrow(message);
});
