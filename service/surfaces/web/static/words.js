// Two sentences in; the first one out in pieces, each with whether it differs from the second.

const MOST_WORDS = 400;
const LEAST_ALIKE = 0.35; // below this share of common words, marks would colour everything and say nothing

/** [[text, differs], …]: concatenated, the pieces are `text`. */
export function differing(text, other) {
  const here = text.split(/(\s+)/).filter(Boolean);
  const mine = here.filter((piece) => piece.trim()).map(bare);
  const theirs = other.split(/\s+/).filter(Boolean).map(bare);
  const common = commonWords(mine, theirs);
  if (mine.length > MOST_WORDS || theirs.length > MOST_WORDS || common.size < LEAST_ALIKE * mine.length) return [[text, false]];
  const pieces = [];
  let word = -1;
  for (const piece of here) {
    const differs = Boolean(piece.trim()) && !common.has(++word);
    const last = pieces.at(-1);
    if (last && last[1] === differs) last[0] += piece;
    else pieces.push([piece, differs]);
  }
  return joined(pieces);
}

const bare = (word) => word.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");

/** Positions of `mine` that lie on a longest common subsequence with `theirs`. */
function commonWords(mine, theirs) {
  if (mine.length > MOST_WORDS || theirs.length > MOST_WORDS) return new Set();
  const table = Array.from({ length: mine.length + 1 }, () => new Uint16Array(theirs.length + 1));
  for (let i = mine.length - 1; i >= 0; i--) {
    for (let j = theirs.length - 1; j >= 0; j--) {
      table[i][j] = mine[i] === theirs[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const found = new Set();
  for (let i = 0, j = 0; i < mine.length && j < theirs.length; ) {
    if (mine[i] === theirs[j]) found.add(i++), j++;
    else if (table[i + 1][j] >= table[i][j + 1]) i++;
    else j++;
  }
  return found;
}

/** A space between two marked words is marked with them. */
function joined(pieces) {
  const whole = [];
  for (const [text, differs] of pieces) {
    const gap = whole.at(-1);
    const before = whole.at(-2);
    if (differs && gap && before?.[1] && !gap[0].trim()) {
      before[0] += gap[0] + text;
      whole.pop();
    } else whole.push([text, differs]);
  }
  return whole;
}
