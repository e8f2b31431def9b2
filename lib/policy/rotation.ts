/** Who is next when several take turns by weight, worked out from the number of the turn alone. */

/**
 * The indices of the weights in the order in which each is next due; the first has this turn.
 *
 * Weight w is due at the instants (k + 1/2) / w, and the turns are these instants in order, the
 * first written going first where two coincide: Webster's apportionment, which spreads the turns of
 * a heavy weight evenly. Equal weights simply rotate.
 *
 * @param weights at least one, each above 0
 * @param turn counts from 0
 */
export function rotationAt(weights: readonly number[], turn: number): number[] {
  const heaviest = Math.max(...weights);
  const shares = weights.map((weight) => weight / heaviest);
  const had = turnsBefore(turn, shares);
  const due = shares.map((share, index) => dueAfter(had[index]!, share));
  return [...due.keys()].sort((a, b) => due[a]! - due[b]! || a - b);
}

/** How many of the turns before this one each share has had. */
function turnsBefore(turn: number, shares: readonly number[]): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  // So early that the steps below also put right what rounding may misplace at this instant.
  const instant = Math.max(0, (turn - 1.5 * shares.length) / total);
  const had = shares.map((share) => Math.floor(instant * share + 0.5));
  for (let left = turn - had.reduce((sum, turns) => sum + turns, 0); left > 0; left--) {
    const next = indexDue(shares, had);
    had[next] = had[next]! + 1;
  }
  return had;
}

function indexDue(shares: readonly number[], had: readonly number[]): number {
  let next = 0;
  for (const [index, share] of shares.entries()) {
    if (dueAfter(had[index]!, share) < dueAfter(had[next]!, shares[next]!)) next = index;
  }
  return next;
}

function dueAfter(turns: number, share: number): number {
  return (turns + 0.5) / share;
}
