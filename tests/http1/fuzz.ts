/** `deno task fuzz`: as many inputs as are asked for, a million by default, for both parsers of HTTP/1.1. */
import { fuzzRequests } from "./request_fuzz.ts";
import { fuzzResponses } from "./response_fuzz.ts";

const inputs = Number(Deno.args[0] ?? 1_000_000);
const seed = Date.now();
// deno-lint-ignore no-console -- a task tells how it went
const tell = (line: string) => console.log(line);
const { accepted } = fuzzRequests(inputs, seed);
tell(
  `${inputs} requests of seed ${seed}, ${accepted} of them taken: each is read in one way alone`,
);
const responses = Math.ceil(inputs / 10);
fuzzResponses(responses);
tell(`${responses} responses: each ends once, whatever its pieces`);
