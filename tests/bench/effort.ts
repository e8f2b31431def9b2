/** How long and how often each measure is taken. */
export interface Effort {
  readonly rounds: number;
  /** Of load, for one contestant in one round. */
  readonly seconds: number;
  /** Of load, for one contestant before its first round: programs get faster as they run. */
  readonly warmUpSeconds: number;
  /** Before each of its rounds: it has been idle meanwhile. */
  readonly rewarmSeconds: number;
  /** Under 1,000 requests a second, and after it. */
  readonly memorySeconds: number;
  /** After load, before CPU time is read: log files and the like are written behind the reply. */
  readonly settleMs: number;
  /** Before the memory of idle streams is read. */
  readonly restMs: number;
  /** Between the requests of an agent that works meanwhile, and how many it makes. */
  readonly rareMs: number;
  readonly rareRequests: number;
  /** Idle streams to open, where descriptors allow it. */
  readonly streams: number;
}

/** Some fourteen minutes for everything. */
export const FULL: Effort = {
  rounds: 3,
  seconds: 2,
  warmUpSeconds: 3,
  rewarmSeconds: 1.5,
  memorySeconds: 10,
  settleMs: 250,
  restMs: 3_000,
  rareMs: 10_000,
  rareRequests: 6,
  streams: 10_000,
};

/** Some two minutes. */
export const QUICK: Effort = {
  rounds: 1,
  seconds: 0.5,
  warmUpSeconds: 0.5,
  rewarmSeconds: 0.2,
  memorySeconds: 2,
  settleMs: 250,
  restMs: 1_000,
  rareMs: 500,
  rareRequests: 3,
  streams: 500,
};
