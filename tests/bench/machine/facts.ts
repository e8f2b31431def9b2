/** The machine, for the page: figures without it mean nothing. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
}

export function machineFacts(): MachineFacts {
  const cpu = /^model name\s*:\s*(.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1];
  return {
    cpu: cpu ?? "unknown CPU",
    cores: navigator.hardwareConcurrency,
    memoryGb: Deno.systemMemoryInfo().total / 1e9,
    kernel: Deno.osRelease(),
  };
}
