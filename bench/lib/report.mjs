// Medians with their spread over the rounds, and ratios of each round, as a table.
import { median } from './stats.mjs';

/** Figures where less is better; a rate is the other way round. */
const COSTS = {
  cpuMicros: 'CPU us',
  cpuNanosPerByte: 'CPU ns/byte',
  p50: 'p50 ms',
  p99: 'p99 ms',
  seconds: 'seconds',
  rss: 'RSS MB',
  bytesPerPod: 'bytes/pod',
  etcdBytesPerPod: 'etcd B/pod',
  major: 'major GC ms',
  minor: 'minor GC ms',
};
const RATES = { rate: 'per second' };
const LABELS = { ...RATES, ...COSTS };

export function printReport(results, size) {
  const [ours, peer] = [...results.values()];
  const names = [...results.keys()];
  console.log(
    `\n${names.join(' against ')}, ${size.pods} pods. Medians (and ranges) of ${size.rounds} rounds; ratios above 1: ours is better.\n`,
  );
  console.log(
    `${'workload'.padEnd(34)} ${'figure'.padEnd(12)} ${names.map((name) => name.padStart(28)).join(' ')}${peer ? '      ratio (range)' : ''}`,
  );
  for (const workload of Object.keys(ours[0])) {
    for (const figure of Object.keys(LABELS)) {
      const valuesOf = (rounds) =>
        rounds.map((round) => round[workload]?.[figure]).filter((value) => value !== undefined);
      const ourValues = valuesOf(ours);
      if (ourValues.length === 0) continue;
      const row = [workload.padEnd(34), LABELS[figure].padEnd(12), shown(ourValues)];
      const peerValues = peer === undefined ? [] : valuesOf(peer);
      if (peerValues.length === ourValues.length) {
        const ratios = ourValues.map((value, index) =>
          figure in COSTS ? peerValues[index] / value : value / peerValues[index],
        );
        row.push(
          shown(peerValues),
          `${median(ratios).toFixed(2).padStart(11)} (${Math.min(...ratios).toFixed(2)} - ${Math.max(...ratios).toFixed(2)})`,
        );
      }
      console.log(row.join(' '));
    }
  }
}

function shown(values) {
  const range = values.length < 2 ? '' : ` (${format(Math.min(...values))} - ${format(Math.max(...values))})`;
  return `${format(median(values))}${range}`.padStart(28);
}

function format(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
