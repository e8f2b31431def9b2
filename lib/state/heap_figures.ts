/** What V8 says of its memory. The machine's, or its container's, is not ours to read. */
import v8 from "node:v8";
import type { MemoryFigures } from "../policy/overload.ts";

/** Takes some 2 µs. */
export function heapFigures(): MemoryFigures {
  const { used_heap_size, heap_size_limit, external_memory } = v8.getHeapStatistics();
  return {
    heapBytes: used_heap_size,
    heapLimitBytes: heap_size_limit,
    externalBytes: external_memory,
  };
}
