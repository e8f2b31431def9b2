/** Asks for the token. */
import { useSignal } from "@preact/signals";
import { CallError, post } from "./api.ts";
import { useStore } from "./store.ts";

export function Login() {
  const store = useStore();
  const { say } = store;
  const token = useSignal("");
  const fault = useSignal("");
  const isBusy = useSignal(false);
  const enter = async (event: Event) => {
    event.preventDefault();
    isBusy.value = true;
    try {
      await post("/api/login", { token: token.value });
      store.needsToken.value = false;
    } catch (cause) {
      const isAnswered = cause instanceof CallError && cause.status !== 0;
      fault.value = isAnswered ? cause.message : say("unreachable");
    }
    isBusy.value = false;
  };
  return (
    <main class="login">
      <form class="card" onSubmit={enter}>
        <h1>{say("loginTitle")}</h1>
        <p class="muted">{say("loginHelp")}</p>
        <label>
          {say("token")}
          <input
            type="password"
            autocomplete="current-password"
            required
            value={token}
            onInput={(event) => token.value = event.currentTarget.value}
          />
        </label>
        <p class="fault" role="alert">{fault}</p>
        <button type="submit" class="primary" disabled={isBusy}>
          {say(isBusy.value ? "checking" : "enter")}
        </button>
      </form>
    </main>
  );
}
