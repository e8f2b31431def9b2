/** What a reader must know to read the figures right: the same for every run. */
export const CAVEATS: readonly string[] = [
  "The work differs: nginx and HAProxy read no body and judge no reply. Who takes part says what each does.",
  "Callers are 32 connections that each wait for their answer; the load and the backend share a core, so " +
  "a fast proxy waits for them: then `requests a second` is their limit, and the proxy's core is not " +
  "busy. CPU per request does not have that fault; a proxy that is not busy takes fewer events at a " +
  "time from the system, which makes it look a little dearer.",
  "Requests are chat completions of the given size, replies 359 bytes of JSON. Plain HTTP on loopback, but " +
  "for the two rows that name TLS: DNS and a network are left out for all alike.",
  "SSE as fast as it goes: 200 events, a write each, of a real chat completion with usage and `[DONE]`; " +
  "a proxy that is behind reads several at a time. At 50 events a second and stream each comes alone.",
  "Every contestant is warm: loaded for seconds before its first window, and for 1.5 s before each.",
  "Ours holds streams until content and reads the usage throughout: that is on by default, and in every row.",
  "Memory is what stands in RAM (VmRSS), of fresh processes; deleted log files are not in it.",
  "Writing a file costs what the file system makes it cost: rows with a log file a request are compared " +
  "with each other only.",
  "Log files stay until a run is over: ext4 makes files slowly for seconds after many were deleted.",
];
