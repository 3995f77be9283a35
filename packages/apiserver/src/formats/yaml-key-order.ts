/**
 * The order in which Go's YAML library writes the members of a map: numbers inside names by their value (`a2` before
 * `a10`), and what is no letter before letters.
 */
export function compareYamlKeys(a: string, b: string): number {
  if (a === b) return 0;
  let isAfterDigit = false;
  for (let at = 0; at < a.length && at < b.length; at++) {
    const left = a.charAt(at);
    const right = b.charAt(at);
    if (left === right) {
      isAfterDigit = isDigit(left);
      continue;
    }
    const [isLeftLetter, isRightLetter] = [isLetter(left), isLetter(right)];
    if (isLeftLetter && isRightLetter) return left < right ? -1 : 1;
    if (isLeftLetter || isRightLetter) return (isAfterDigit ? isLeftLetter : isRightLetter) ? -1 : 1;
    return compareNumbers(a, b, at) || (left < right ? -1 : 1);
  }
  return a.length - b.length;
}

/** Compares the digits that begin at a place where the texts differ. */
function compareNumbers(a: string, b: string, at: number): number {
  // Behind other digits a zero counts as one.
  const lead = /[1-9]\d*$/.test(a.slice(0, at)) && (a.charAt(at) === '0' || b.charAt(at) === '0') ? '1' : '';
  const [left, right] = [digitsAt(a, at), digitsAt(b, at)];
  const difference = Number(`${lead}${left}`) - Number(`${lead}${right}`);
  return difference !== 0 ? difference : left.length - right.length;
}

function digitsAt(text: string, at: number): string {
  return /^\d*/.exec(text.slice(at))?.[0] ?? '';
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function isLetter(char: string): boolean {
  return /\p{L}/u.test(char);
}
