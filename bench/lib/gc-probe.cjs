// Loaded before the server that is measured: the longest collections of garbage, ms, written to its folder when it ends.
'use strict';
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { constants, PerformanceObserver } = require('node:perf_hooks');

const longest = { major: 0, minor: 0 };
const note = (entries) => {
  for (const { detail, duration } of entries) {
    const kind = detail.kind === constants.NODE_PERFORMANCE_GC_MINOR ? 'minor' : 'major';
    longest[kind] = Math.max(longest[kind], duration);
  }
};
const observer = new PerformanceObserver((list) => note(list.getEntries()));
observer.observe({ entryTypes: ['gc'] });
const file = join(process.cwd(), 'gc.json');
process.once('exit', () => {
  note(observer.takeRecords());
  writeFileSync(file, JSON.stringify(longest));
});
