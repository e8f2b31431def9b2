/** Where a command writes; results to `out`, everything else to `err`. Lines without their end. */
export interface Output {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}
