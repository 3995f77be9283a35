import { completeCut } from './cut-json';

const base = { a: { x: 1, y: { z: 2 } }, list: [{ n: 1 }, { n: 2 }], last: true };

test.each([
  [
    '{"a":{"x":5,"y":{"z":3}},"list":[{"n":9}],"last":false}',
    { a: { x: 5, y: { z: 3 } }, list: [{ n: 9 }], last: false },
  ],
  ['{"a":{"x":5…', { a: { x: 1, y: { z: 2 } }, list: base.list, last: true }],
  ['{"a":{"x":5,"y":{…', { a: { x: 5, y: { z: 2 } }, list: base.list, last: true }],
  ['{"a":{},"list":[{"n":7},{"n…', { a: {}, list: base.list, last: true }],
  ['{"a":{"x":5},"la…', { a: { x: 5 }, list: base.list, last: true }],
  ['{"new":[1,2…', { ...base }],
])('%s', (text, whole) => {
  expect(completeCut(text, base)).toEqual(whole);
});
