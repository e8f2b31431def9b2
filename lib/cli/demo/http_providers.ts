/** The demo's providers that speak HTTP properly: one answers, one is always at its rate limit. */
import { dialectOf, type Problem } from "../../dialect/dialect.ts";
import { openai } from "../../dialect/openai.ts";
import { answerTo, healthyText } from "./answer.ts";
import { formatOf } from "./format.ts";
import { FAILURE_MS, paced, pause, THINKING_MS } from "./pace.ts";
import { readPrompt } from "./prompt.ts";

/** Answers OpenAI's chat completions and Anthropic's messages, streamed or not. */
export async function healthy(request: Request): Promise<Response> {
  const path = pathOf(request);
  if (request.method === "GET" && path === "/v1/models") {
    return Response.json(openai.modelList(["steady-gpt", "steady-claude"]));
  }
  const format = request.method === "POST" ? formatOf(path) : undefined;
  if (format === undefined) return refusal(request, NOT_HERE);
  const prompt = readPrompt(await request.text());
  if (prompt === undefined) return refusal(request, NO_PROMPT);
  await pause(THINKING_MS);
  const answer = answerTo(prompt, healthyText(prompt));
  return prompt.streamed ? eventStream(format.events(answer)) : Response.json(format.whole(answer));
}

/** Refuses everything for half a minute. */
export async function limited(request: Request): Promise<Response> {
  await request.text();
  await pause(FAILURE_MS);
  return refusal(request, LIMIT_REACHED, { "retry-after": "30" });
}

const NOT_HERE: Problem = {
  status: 404,
  code: "not_found",
  message: "This demo provider answers POST /v1/chat/completions and POST /v1/messages.",
};

const NO_PROMPT: Problem = {
  status: 400,
  code: "invalid_request",
  message: "The body must be a JSON object with a model.",
};

const LIMIT_REACHED: Problem = {
  status: 429,
  code: "rate_limit_exceeded",
  message: "Rate limit reached. Please try again in 30 s.",
};

function eventStream(events: Iterable<string>): Response {
  const body = ReadableStream.from(paced(events)).pipeThrough(new TextEncoderStream());
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  };
  return new Response(body, { headers });
}

function refusal(request: Request, problem: Problem, headers: HeadersInit = {}): Response {
  const dialect = dialectOf(pathOf(request), [...request.headers]);
  return Response.json(dialect.errorBody(problem), { status: problem.status, headers });
}

function pathOf(request: Request): string {
  return new URL(request.url).pathname;
}
