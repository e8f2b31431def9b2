import { Processes } from "./processes.ts";

/** What a run makes on the machine: processes, and a directory for their files. Disposing of it ends both. */
export class Workplace implements AsyncDisposable {
  readonly processes = new Processes();
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<Workplace> {
    return new Workplace(await Deno.makeTempDir({ prefix: "llm-proxy-bench-" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.processes[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}
