/**
 * What is used of prom-client, by the files that hold it. Its index loads all the rest as well: a push
 * gateway with node:http and node:https, metrics of Node's. The only importer of prom-client.
 */
import type * as prometheus from "prom-client";
import aggregatorRegistry from "prom-client/lib/cluster.js";
import counter from "prom-client/lib/counter.js";
import gauge from "prom-client/lib/gauge.js";
import histogram from "prom-client/lib/histogram.js";
import registry from "prom-client/lib/registry.js";

// These files have no types of their own; the index has theirs.
export const AggregatorRegistry: typeof prometheus.AggregatorRegistry = aggregatorRegistry;
export const Counter: typeof prometheus.Counter = counter;
export type Counter<Label extends string = string> = prometheus.Counter<Label>;
export const Gauge: typeof prometheus.Gauge = gauge;
export type Gauge<Label extends string = string> = prometheus.Gauge<Label>;
export const Histogram: typeof prometheus.Histogram = histogram;
export type Histogram<Label extends string = string> = prometheus.Histogram<Label>;
export const Registry: typeof prometheus.Registry = registry;
export type Registry = prometheus.Registry;
