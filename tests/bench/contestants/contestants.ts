import { bare } from "./bare.ts";
import type { Contestant } from "./contestant.ts";
import { direct } from "./direct.ts";
import { go } from "./go.ts";
import { haproxy } from "./haproxy.ts";
import { nginx } from "./nginx.ts";
import {
  before,
  beforeWithLogs,
  ours,
  oursCompiled,
  oursWithLogs,
  oursWithRequestLogs,
} from "./ours.ts";
import { portkey } from "./portkey.ts";

/** All of them, direct first: what others add is held against it. */
export const CONTESTANTS: readonly Contestant[] = [
  direct,
  nginx,
  bare,
  haproxy,
  go,
  portkey,
  ours,
  oursWithRequestLogs,
  oursWithLogs,
  oursCompiled,
  before,
  beforeWithLogs,
];
