import { playScenario } from './play';
import { readSuite } from './recordings';

/** Cases whose answer is decided elsewhere than in a definition. */
const DECIDED_ELSEWHERE: readonly RegExp[] = [
  // query parameters
  /errors--bodies-and-media\/05[23]-/,
  // the admission plugin LimitRanger
  /quota-and-limits--admission\/003-/,
  // what is taken already
  /services--modern\/01[1245]-/,
];

const scenarios = readSuite('v1-1.20');

// Skipped where the recordings are absent.
(scenarios.length === 0 ? describe.skip : describe)('writes answered as kube-apiserver v1.20.2 answers them', () => {
  let compared = 0;
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_name, scenario) => {
    const outcome = playScenario(scenario, (name) => DECIDED_ELSEWHERE.some((pattern) => pattern.test(name)));
    compared += outcome.compared;
    expect(outcome.failures).toEqual([]);
  });
  test('compares hundreds of answers', () => {
    expect(compared).toBeGreaterThan(300);
  });
});
