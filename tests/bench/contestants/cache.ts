import { fileURLToPath } from "node:url";

/** Where contestants are built or installed; not committed. */
export const CACHE = fileURLToPath(new URL("../../../dist/bench", import.meta.url));
