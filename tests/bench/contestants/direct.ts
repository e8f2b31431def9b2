import type { Contestant } from "./contestant.ts";

/** No proxy: what the load and the backend cost by themselves. */
export const direct: Contestant = {
  name: "direct",
  work: "no proxy: the load asks the backend",
  find: () => Promise.resolve({ kind: "found", version: "" }),
  start: ({ backendPort }) => {
    return Promise.resolve({
      name: "direct",
      port: backendPort,
      pid: undefined,
      headers: [],
      verbatim: true,
      tidy: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
};
