/** A program that was started by a double click: its window closes with it, and with what it said. */

export interface Start {
  /** What it ends with. */
  readonly code: number;
  /** What stood behind its name. */
  readonly args: readonly string[];
  /** As `Deno.build.os` has it. */
  readonly os: string;
  /** Whether somebody can press a key. */
  readonly isTerminal: boolean;
}

/**
 * Whether the window is kept open until somebody has read what went wrong. Windows does not tell a double
 * click from a command without arguments; who typed one presses Enter once.
 */
export function keepsWindow({ code, args, os, isTerminal }: Start): boolean {
  return os === "windows" && code !== 0 && args.length === 0 && isTerminal;
}

/** What stands below the fault in such a window. */
export const WINDOW_WORDS = `
llm-proxy is a program for a terminal: open one in this folder (type cmd into the address bar of the
Explorer) and type

  llm-proxy init      writes config.yaml, asking for your providers
  llm-proxy demo      shows what it does, without a configuration
  llm-proxy           runs it

Press Enter to close this window.`;
