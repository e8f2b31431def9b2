/** The rules that judge attempts and answers, by name: those of the table in docs/failures.md. */

/** Names are stable: logs, metrics, traces and the history carry them. */
const RULES: Readonly<Record<number, string>> = {
  0: "answer",
  1: "caller left",
  2: "no capacity",
  3: "not sent",
  4: "not reached",
  5: "connection lost",
  6: "no answer in time",
  7: "token count failed",
  8: "redirect",
  9: "key refused",
  10: "caller key refused",
  11: "key rate limited",
  12: "error code",
  13: "error pattern",
  14: "other error",
  15: "error in a 200",
  16: "no result",
  17: "answer cut short",
  18: "stream failed",
  19: "stream cut",
  20: "late error",
  21: "out of money",
  22: "unknown model",
  23: "challenge page",
};

/** The name of the rule in a row of the table; the number itself of a row that is not known here. */
export function ruleOf(row: number): string {
  return RULES[row] ?? `rule ${row}`;
}

/** Every rule, by its row. */
export function allRules(): readonly (readonly [row: number, name: string])[] {
  return Object.entries(RULES).map(([row, name]) => [Number(row), name]);
}
