/** Text in the few colours that a terminal's own theme defines. */
export interface Paint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** Paint that shows; or, where colours are not wanted, text as it is. */
export function createPaint({ coloured }: { readonly coloured: boolean }): Paint {
  const styled = (code: number) => (text: string) =>
    coloured ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { strong: styled(1), faint: styled(2), good: styled(32), bad: styled(31) };
}
