// Ratios of medians with their spread over the rounds, as a table.
import { median } from './stats.mjs';

/** Figures where less is better; a rate is the other way round. */
const COSTS = ['cpuMicros', 'cpuNanosPerByte', 'p50', 'p99', 'seconds', 'rss'];
const RATES = ['rate'];
const LABELS = {
  cpuMicros: 'CPU us',
  cpuNanosPerByte: 'CPU ns/byte',
  p50: 'p50 ms',
  p99: 'p99 ms',
  rate: 'per second',
  seconds: 'seconds',
  rss: 'RSS MB',
};

export function printReport(results, size) {
  const [ours, peer] = [...results.values()];
  const names = [...results.keys()];
  console.log(
    `\n${names.join(' against ')}, ${size.pods} pods, medians of ${size.rounds} rounds. Ratios above 1: ours is better.\n`,
  );
  console.log(
    `${'workload'.padEnd(34)} ${'figure'.padEnd(12)} ${names.map((name) => name.padStart(20)).join(' ')}${peer ? '      ratio (range)' : ''}`,
  );
  for (const workload of Object.keys(ours[0])) {
    for (const figure of [...RATES, ...COSTS]) {
      const ourValues = ours.map((round) => round[workload]?.[figure]).filter((value) => value !== undefined);
      if (ourValues.length === 0) continue;
      const row = [workload.padEnd(34), LABELS[figure].padEnd(12), format(median(ourValues))];
      if (peer !== undefined) {
        const peerValues = peer.map((round) => round[workload]?.[figure]).filter((value) => value !== undefined);
        if (peerValues.length < ourValues.length) {
          console.log(row.join(' '));
          continue;
        }
        const ratios = ourValues.map((value, index) =>
          COSTS.includes(figure) ? peerValues[index] / value : value / peerValues[index],
        );
        row.push(
          format(median(peerValues)),
          `${median(ratios).toFixed(2).padStart(11)} (${Math.min(...ratios).toFixed(2)} - ${Math.max(...ratios).toFixed(2)})`,
        );
      }
      console.log(row.join(' '));
    }
  }
}

function format(value) {
  return (value >= 100 ? value.toFixed(0) : value.toPrecision(3)).padStart(20);
}
