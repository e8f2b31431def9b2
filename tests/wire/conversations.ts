/** Requests of real clients in the middle of a conversation. */

const EPHEMERAL = { cache_control: { type: "ephemeral" } };

/** A text block; the client marks one of its newest for the prompt cache. */
function block(text: string, marked = false): unknown {
  return { type: "text", text, ...marked ? EPHEMERAL : {} };
}

export const SIGNATURES = ["EqQBCkYICBgCKkDlmQ+one/AA==", "EqQBCkYICBgCKkDlmQ+two/BB=="] as const;

function thinking(signature: string): unknown {
  return { type: "thinking", thinking: 'I look for "signature": in it.', signature };
}

/** Claude Code's request when the user has spoken `turns` times. The cache marker moves on. */
export function claudeCode(turns: number, { metadata = {}, first = "Fix the test." } = {}) {
  const messages: unknown[] = [];
  for (let turn = 1; turn <= turns; turn++) {
    const text = turn === 1 ? first : `And now part ${turn}.`;
    messages.push({ role: "user", content: [block(text, turn === turns)] });
    if (turn === turns) break;
    const signature = SIGNATURES[turn - 1] ?? `EqQBCkYIturn${turn}==`;
    const call = { type: "tool_use", id: `toolu_${turn}`, name: "Read", input: { path: "a.ts" } };
    messages.push({ role: "assistant", content: [thinking(signature), call] });
    const result = { type: "tool_result", tool_use_id: `toolu_${turn}`, content: "text" };
    messages.push({ role: "user", content: [result] });
    messages.push({ role: "assistant", content: [block(`Done with ${turn}.`)] });
  }
  const system = [block("You are a coding agent."), block("The project …", true)];
  return { model: "claude", max_tokens: 32_000, system, messages, metadata, stream: true };
}

export const REASONING = ["gAAAAABo-first_AQ==", "gAAAAABo-second_BQ=="] as const;

/** Codex: nothing is stored at the backend, so that its reasoning travels along, sealed. */
export function codex(turns: number, given: Readonly<Record<string, unknown>> = {}) {
  const input: unknown[] = [
    { type: "message", role: "developer", content: [{ type: "input_text", text: "Sandbox." }] },
    { type: "message", role: "user", content: [{ type: "input_text", text: "List the files." }] },
  ];
  for (let turn = 1; turn < turns; turn++) {
    const sealed = REASONING[turn - 1] ?? `gAAAAABo-${turn}`;
    const call = { name: "shell", arguments: '{"command":["ls"]}', call_id: `call_${turn}` };
    input.push({ type: "reasoning", summary: [], encrypted_content: sealed });
    input.push({ type: "function_call", ...call });
    input.push({ type: "function_call_output", call_id: `call_${turn}`, output: "a.ts" });
  }
  return { model: "gpt", instructions: "You are Codex.", input, store: false, ...given };
}

/** OpenAI chat, with a tool's turn once the model has asked for one. */
export function chat(turns: number, { system = "Be brief.", first = "Weather in Oslo?" } = {}) {
  const messages: unknown[] = [
    { role: "system", content: system },
    { role: "user", content: first },
  ];
  for (let turn = 1; turn < turns; turn++) {
    const call = { name: "weather", arguments: '{"city":"Oslo"}' };
    const calls = [{ id: `call_${turn}`, type: "function", function: call }];
    messages.push({ role: "assistant", content: null, tool_calls: calls });
    messages.push({ role: "tool", tool_call_id: `call_${turn}`, content: "7 °C" });
  }
  return { model: "gpt", messages };
}

export const THOUGHTS = ["CiQBDDnWxzCn/VIUQ9+one=", "CiQBDDnWxzCn/VIUQ9+two="] as const;

export function gemini(turns: number, { first = "Weather in Oslo?" } = {}) {
  const contents: unknown[] = [{ role: "user", parts: [{ text: first }] }];
  for (let turn = 1; turn < turns; turn++) {
    const call = { name: "weather", args: { city: "Oslo" } };
    const thoughtSignature = THOUGHTS[turn - 1] ?? `CiQB+${turn}`;
    contents.push({ role: "model", parts: [{ functionCall: call, thoughtSignature }] });
    const response = { name: "weather", response: { celsius: 7 } };
    contents.push({ role: "user", parts: [{ functionResponse: response }] });
  }
  return { systemInstruction: { parts: [{ text: "Be brief." }] }, contents };
}
