/** Calls to the admin port. */

/** The call was answered, but not with what it asked for. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Where a path of the admin port is: beside this code, wherever a proxy shows it. The page itself may
 * stand a level higher, where its address lacks the last slash.
 */
export function addressOf(path: string): string {
  return new URL(`.${path}`, import.meta.url).href;
}

/** @throws {CallError} */
export async function get<Answer>(path: string): Promise<Answer> {
  return await answered(fetch(addressOf(path), { headers: { accept: "application/json" } }));
}

/** @throws {CallError} */
export async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const headers = { "content-type": "application/json", "x-llm-proxy": "1" };
  return await answered(
    fetch(addressOf(path), { method: "POST", headers, body: JSON.stringify(body) }),
  );
}

async function answered<Answer>(responding: Promise<Response>): Promise<Answer> {
  let response: Response;
  try {
    response = await responding;
  } catch {
    throw new CallError(0, "");
  }
  const value = await response.json().catch(() => undefined);
  if (response.ok) return value;
  throw new CallError(response.status, value?.error?.message ?? `${response.status}`);
}
